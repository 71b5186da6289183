using System.Globalization;
using System.Text.RegularExpressions;

namespace RoutingService.Providers.Gemini;

/// <summary>What a model's name tells of its abilities; a name without a version (<c>gemini-flash-latest</c>) is taken for 2.5, which newer models understand.</summary>
internal readonly partial record struct GeminiModel(decimal Version, bool IsPro, bool IsLite)
{
    /// <summary>Thinks in levels, and refuses a function call in the history without the signature that it gave it.</summary>
    public bool IsThree => Version >= 3;

    public bool Thinks => Version >= 2.5m;

    public static GeminiModel Of(string name)
    {
        var version = VersionPattern().Match(name);
        return new GeminiModel(
            version.Success ? decimal.Parse(version.Groups["version"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) : 2.5m,
            name.Contains("-pro", StringComparison.Ordinal),
            name.Contains("-lite", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"(?:gemini|gemma)-(?<version>\d{1,3}(?:\.\d{1,3})?)(?=-|$)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex VersionPattern();
}
