namespace RoutingService.Automatic;

/// <summary>Which model a request goes to, and why.</summary>
internal sealed record RoutingDecision
{
    /// <summary>As the alias has it, to be resolved like a model that a client names; the client's own where it named one.</summary>
    public required string ModelReference { get; init; }

    /// <summary>One of <see cref="RoutingMethods"/>.</summary>
    public required string Method { get; init; }

    /// <summary>The text that was classified, and all of it: it is the client's own.</summary>
    public string Query { get; init; } = "";

    public double LatencyMs { get; init; }

    /// <summary>Null where a label decided, or the client did.</summary>
    public Tier? Tier { get; init; }

    /// <summary>What made the tier higher than the classification or the length did: <c>tools</c>, <c>images</c>, <c>context_tokens</c>, <c>conversation</c>.</summary>
    public IReadOnlyList<string> RaisedBy { get; init; } = [];

    /// <summary>Null where nothing classified the prompt.</summary>
    public PromptClassification? Classification { get; init; }

    public decimal? Score => Classification?.Score;

    /// <summary>Those that the score was held against.</summary>
    public ScoreThresholds? Thresholds { get; init; }

    /// <summary>Where the length decided.</summary>
    public long? Tokens { get; init; }

    public TokenThresholds? TokenThresholds { get; init; }

    /// <summary>The label whose entry was taken.</summary>
    public string? ChosenLabel { get; init; }

    /// <summary>Why the classifier did not decide.</summary>
    public string? Error { get; init; }

    /// <summary>The client named a model: nothing was decided.</summary>
    public static RoutingDecision UserSpecified(string model, AutomaticPrompt prompt)
        => new() { ModelReference = model, Method = RoutingMethods.UserSpecified, Query = prompt.Text };
}
