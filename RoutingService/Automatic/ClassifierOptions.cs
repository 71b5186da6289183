using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ServiceDefaults.Operations;

namespace RoutingService.Automatic;

/// <summary>Section <c>Routing:Classifier</c>: the inference server that classifies prompts; without one the built-in heuristic does.</summary>
internal sealed class ClassifierOptions
{
    public const string Section = "Routing:Classifier";

    /// <summary>Address of a server of the KServe v2 protocol, such as Triton; null when there is none.</summary>
    [PlainText]
    public Uri? Url { get; set; }

    [RegularExpression(@"^[A-Za-z0-9][A-Za-z0-9._\-]{0,199}$")]
    [PlainText]
    public string Model { get; set; } = "prompt-task-and-complexity-classifier";

    /// <summary>What the model calls its input.</summary>
    [Required]
    [StringLength(200)]
    [PlainText]
    public string InputName { get; set; } = "INPUT";

    /// <summary>What a call may wait for the classification, the waiting for a free place with it.</summary>
    [Range(1, 10_000)]
    public int TimeoutMs { get; set; } = 50;

    /// <summary>Calls to the server at the same time.</summary>
    [Range(1, 1024)]
    public int MaxConcurrency { get; set; } = 32;

    /// <summary>Text beyond it is not sent: the model reads 512 tokens.</summary>
    [Range(256, 1024 * 1024)]
    public int MaxTextBytes { get; set; } = 8192;

    /// <summary>Answers that are kept; 0 keeps none.</summary>
    [Range(0, 1_000_000)]
    public int CacheEntries { get; set; } = 10_000;

    [Range(1, 1440)]
    public int CacheMinutes { get; set; } = 60;

    /// <summary>Failures in a row after which the server is left alone.</summary>
    [Range(1, 1000)]
    public int FailuresToRest { get; set; } = 5;

    /// <summary>How long it is left alone; after that one call tries it.</summary>
    [Range(1, 3600)]
    public int RestSeconds { get; set; } = 10;

    /// <summary>What decides when the server has not.</summary>
    public ClassifierFallback Fallback { get; set; }

    /// <summary>The model knows English alone (NVIDIA's does): text in other scripts is the heuristic's.</summary>
    public bool EnglishOnly { get; set; } = true;

    /// <summary>The labels of a model's outputs, in their order, by the model's name. Models name their outputs nowhere.</summary>
    public Dictionary<string, List<string>> Labels { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Which Chat Completions answers tell of the choice, in a <c>routing</c> object.</summary>
    public RoutingExtensionUse Extension { get; set; }

    /// <summary>Conversations whose tier is remembered, for aliases that keep it.</summary>
    [Range(2, 1_000_000)]
    public int ConversationEntries { get; set; } = 20_000;

    [Range(1, 10_080)]
    public int ConversationMinutes { get; set; } = 120;
}

internal enum RoutingExtensionUse
{
    /// <summary>Those whose model the gateway chose.</summary>
    Automatic,

    /// <summary>Those of a model that the client named too.</summary>
    Always,

    Never,
}

internal enum ClassifierFallback
{
    /// <summary>The length of the prompt alone.</summary>
    TokenLength,

    Heuristic,
}

[OptionsValidator]
internal sealed partial class ClassifierOptionsValidator : IValidateOptions<ClassifierOptions>;

internal sealed class ClassifierAddressValidator : IValidateOptions<ClassifierOptions>
{
    public ValidateOptionsResult Validate(string? name, ClassifierOptions options)
    {
        var faults = new List<string>();
        if (options.Url is { } url && (!url.IsAbsoluteUri || !IsHttp(url.Scheme) || url.UserInfo.Length > 0 || url.Query.Length > 0))
        {
            faults.Add($"{ClassifierOptions.Section}:Url must be an http or https address without user name and query.");
        }

        foreach (var (model, labels) in options.Labels)
        {
            if (labels.Count == 0 || labels.Any(string.IsNullOrWhiteSpace) || labels.Distinct(StringComparer.OrdinalIgnoreCase).Count() != labels.Count)
            {
                faults.Add($"{ClassifierOptions.Section}:Labels:{model} must be a list of different labels.");
            }
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <summary>Service discovery has schemes that name both.</summary>
    private static bool IsHttp(string scheme) => scheme is "http" or "https" or "https+http" or "http+https";
}
