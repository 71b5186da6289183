using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>What names and ids Anthropic takes.</summary>
internal static class MessagesNames
{
    private const int MaxNameLength = 128;
    private static readonly SearchValues<char> Allowed
        = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>Another name would come back in a call that the client does not know.</summary>
    public static void Check(string name, RequestContext context)
    {
        if (name.Length is 0 or > MaxNameLength || name.AsSpan().ContainsAnyExcept(Allowed))
        {
            throw context.Refuse("tools", $"the name '{JsonStrings.Shorten(name)}' must be 1 to {MaxNameLength} letters, digits, '_' or '-'.");
        }
    }

    /// <summary>An id that was made elsewhere, in a form that is taken: the same one for a call and its result.</summary>
    public static string Id(string id)
        => id.Length > 0 && !id.AsSpan().ContainsAnyExcept(Allowed)
            ? id
            : $"toolu_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..24]}";
}
