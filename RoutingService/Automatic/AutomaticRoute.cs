using System.Collections.Frozen;

namespace RoutingService.Automatic;

/// <summary>What an alias with <c>routing_type</c> <c>auto</c> is configured to do; <see cref="AutomaticRouteFields"/> reads it.</summary>
internal sealed record AutomaticRoute
{
    public RoutingPolicy Policy { get; init; }

    /// <summary>The model of each tier; null where labels alone decide.</summary>
    public TierModels? Tiers { get; init; }

    public ScoreThresholds Thresholds { get; init; } = new(0.25m, 0.45m);

    public TokenThresholds TokenThresholds { get; init; } = new(200, 1000);

    /// <summary>The tier of these task types, whatever the score.</summary>
    public FrozenDictionary<string, Tier> TaskTypes { get; init; } = FrozenDictionary<string, Tier>.Empty;

    public RaiseRules Raise { get; init; } = new();

    /// <summary>The tier does not fall within a conversation.</summary>
    public bool IsSticky { get; init; }

    /// <summary>The model on the inference server whose highest output names the label.</summary>
    public string? ClassifierModel { get; init; }

    public IReadOnlyList<LabelledModel> Labels { get; init; } = [];

    /// <summary>Every model that it may choose, as the admin wrote it: an alias, <c>provider/model</c>, or several of them.</summary>
    public IEnumerable<string> ModelReferences
        => Labels.Select(label => label.Model).Concat(Tiers is null ? [] : (string[])[Tiers.Simple, Tiers.Medium, Tiers.Complex]).Distinct(StringComparer.Ordinal);
}

internal enum RoutingPolicy
{
    /// <summary>The complexity score picks a tier.</summary>
    Score,

    /// <summary>The highest output of a classifier picks a label.</summary>
    ArgMax,
}

internal sealed record TierModels(string Simple, string Medium, string Complex)
{
    public string Of(Tier tier) => tier switch
    {
        Tier.Simple => Simple,
        Tier.Medium => Medium,
        _ => Complex,
    };
}

/// <summary>A score at a threshold is of the upper tier.</summary>
internal sealed record ScoreThresholds(decimal Medium, decimal Complex)
{
    public Tier TierOf(decimal score) => score >= Complex ? Tier.Complex : score >= Medium ? Tier.Medium : Tier.Simple;
}

/// <summary>Where the length of the prompt decides: below the first it is simple, below the second medium.</summary>
internal sealed record TokenThresholds(long Simple, long Medium)
{
    public Tier TierOf(long tokens) => tokens < Simple ? Tier.Simple : tokens < Medium ? Tier.Medium : Tier.Complex;
}

/// <summary>
/// The least tier of requests that are harder than their last words: "yes, do it" at the end of a long discussion. Null turns a rule off.
/// </summary>
internal sealed record RaiseRules
{
    public static RaiseRules None { get; } = new() { MediumContextTokens = null, ComplexContextTokens = null, Tools = null, Images = null };

    public long? MediumContextTokens { get; init; } = 4000;

    public long? ComplexContextTokens { get; init; } = 32_000;

    public Tier? Tools { get; init; } = Tier.Medium;

    public Tier? Images { get; init; } = Tier.Medium;
}

internal sealed record LabelledModel(string Label, string Model);
