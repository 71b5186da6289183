using System.Diagnostics.CodeAnalysis;

namespace Gateway.Llm.Canonical;

/// <summary>
/// A signature or ciphertext that a provider wants back byte for byte, with the name of who made it: another provider would refuse it.
/// </summary>
/// <param name="Origin">One of <see cref="Origins"/>.</param>
/// <param name="Id">The id of the item that it belongs to, where the provider names one.</param>
public sealed record OpaqueState(string Origin, string Value, string? Id = null)
{
    private const string Prefix = "gw1.";

    /// <summary>
    /// As a client's format carries it in a field of its own: as it is when the field's owner made it, else labelled with its maker and,
    /// where the maker has given it one, its id.
    /// </summary>
    public string ToField(string fieldOwner) => Origin == fieldOwner ? Value
        : Id is null ? $"{Prefix}{Origin}.{Value}"
        : $"{Prefix}{Origin}:{Id}.{Value}";

    /// <summary>What <see cref="ToField"/> wrote, or what the field's owner did.</summary>
    public static OpaqueState FromField(string text, string fieldOwner, string? id = null)
        => TryRead(text, out var origin, out var value, out var ownId)
            ? new OpaqueState(origin, value, ownId ?? (origin == fieldOwner ? id : null))
            : new OpaqueState(fieldOwner, text, id);

    private static bool TryRead(
        string text, [NotNullWhen(true)] out string? origin, [NotNullWhen(true)] out string? value, out string? id)
    {
        (origin, value, id) = (null, null, null);
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var dot = text.IndexOf('.', Prefix.Length);
        if (dot < 0)
        {
            return false;
        }

        (origin, value) = (text[Prefix.Length..dot], text[(dot + 1)..]);
        if (origin.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
        {
            (origin, id) = (origin[..colon], origin[(colon + 1)..]);
        }

        return true;
    }
}

/// <summary>Who makes opaque state: the family of providers that can read it again.</summary>
public static class Origins
{
    public const string OpenAI = "openai";
    public const string Anthropic = "anthropic";
    public const string Gemini = "gemini";
    public const string Bedrock = "bedrock";
}
