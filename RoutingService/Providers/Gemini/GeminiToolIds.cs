using System.Globalization;

namespace RoutingService.Providers.Gemini;

/// <summary>Ids for the tool calls that Gemini gives none: the client must have one, Gemini need not see it again.</summary>
internal static class GeminiToolIds
{
    private const string Prefix = "call_";
    private const int GuidLength = 32;

    public static string Make(Guid callId, int index) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{callId:N}_{index}");

    public static bool IsMade(string id)
        => id.Length > Prefix.Length + GuidLength + 1
            && id.StartsWith(Prefix, StringComparison.Ordinal)
            && id[Prefix.Length + GuidLength] == '_'
            && Guid.TryParseExact(id.AsSpan(Prefix.Length, GuidLength), "N", out _)
            && id.AsSpan(Prefix.Length + GuidLength + 1).IndexOfAnyExceptInRange('0', '9') < 0;
}
