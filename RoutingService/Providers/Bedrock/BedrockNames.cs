using System.Security.Cryptography;
using System.Text;

namespace RoutingService.Providers.Bedrock;

/// <summary>Names and ids that Converse takes.</summary>
internal static class BedrockNames
{
    private const int MaxIdLength = 64;
    private const int MaxToolNameLength = 64;
    private const int MaxDocumentNameLength = 180;

    /// <summary>An id of another provider's that is refused there becomes one that is not, the same for a call and its result.</summary>
    public static string ToolUseId(string id)
        => IsPlain(id, MaxIdLength) ? id : $"tooluse_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..32]}";

    public static bool IsToolName(string name) => IsPlain(name, MaxToolNameLength);

    /// <summary>Letters, digits, single spaces, hyphens, brackets; two documents never have the same name.</summary>
    public static string Document(string? name, int number)
    {
        var builder = new StringBuilder();
        foreach (var character in name ?? "")
        {
            var allowed = char.IsAsciiLetterOrDigit(character) || character is '-' or '(' or ')' or '[' or ']' ? character : ' ';
            if (allowed != ' ' || (builder.Length > 0 && builder[^1] != ' '))
            {
                builder.Append(allowed);
            }

            if (builder.Length == MaxDocumentNameLength)
            {
                break;
            }
        }

        var cleaned = builder.ToString().Trim();
        return cleaned.Length == 0 ? $"Document {number}" : number == 1 ? cleaned : $"{cleaned} {number}";
    }

    private static bool IsPlain(string text, int maxLength)
        => text.Length > 0 && text.Length <= maxLength && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-');
}
