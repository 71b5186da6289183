using System.Globalization;
using System.Text.RegularExpressions;

namespace RoutingService.Providers.Bedrock;

/// <summary>What a model's id tells of its abilities. An inference profile has a region before the id, an ARN may hide it altogether.</summary>
internal readonly partial record struct BedrockModel(string Id)
{
    public bool IsClaude => Id.Contains("anthropic.", StringComparison.Ordinal) || Id.Contains("claude", StringComparison.Ordinal);

    public bool IsNova => Id.Contains("amazon.nova", StringComparison.Ordinal);

    /// <summary>Nova 2 thinks.</summary>
    public bool IsNova2 => Id.Contains("amazon.nova-2", StringComparison.Ordinal);

    public bool IsGptOss => Id.Contains("gpt-oss", StringComparison.Ordinal);

    public bool IsQwen => Id.Contains("qwen.", StringComparison.Ordinal);

    /// <summary>Both have cache points in prompts; only Claude in tools.</summary>
    public bool Caches => IsClaude || IsNova;

    /// <summary>Decides by itself how much to think.</summary>
    public bool IsAdaptive => IsClaude && ClaudeVersion >= 4.6m;

    /// <summary>
    /// Takes <c>outputConfig</c>. Claude from 4.5 on does, and the open models do; Nova, Llama, older Claudes and Titan do not.
    /// </summary>
    public bool HasStructuredOutput => IsClaude
        ? ClaudeVersion >= 4.5m
        : IsGptOss || IsQwen || StructuredVendors().IsMatch(Id);

    /// <summary>
    /// The model behind an inference profile: tokens are counted for models alone. An application's own profile does not tell.
    /// </summary>
    public static string Foundation(string id)
    {
        var profile = id.IndexOf(":inference-profile/", StringComparison.Ordinal);
        return Geography().Replace(profile < 0 ? id : id[(id.LastIndexOf('/') + 1)..], "");
    }

    private decimal ClaudeVersion
    {
        get
        {
            var match = Version().Match(Id);
            return match.Success
                ? decimal.Parse($"{match.Groups["major"].Value}.{(match.Groups["minor"].Success ? match.Groups["minor"].Value : "0")}", CultureInfo.InvariantCulture)
                : 0;
        }
    }

    /// <summary><c>claude-sonnet-4-5-20250929</c>, <c>claude-opus-4-1</c>, <c>claude-3-7-sonnet</c>: a date is no minor version.</summary>
    [GeneratedRegex(@"claude-(?:[a-z]+-)?(?<major>\d{1,2})(?:-(?<minor>\d{1,2})(?!\d))?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Version();

    [GeneratedRegex(@"^(?:[a-z]{2}|us-gov|apac|global)\.(?=[a-z0-9]+\.)", RegexOptions.CultureInvariant)]
    private static partial Regex Geography();

    [GeneratedRegex(@"(google\.gemma-3|mistral\.(mistral-large-3|magistral|ministral|voxtral)|deepseek\.v3|minimax\.|moonshot|nvidia\.nemotron|zai\.glm)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex StructuredVendors();
}
