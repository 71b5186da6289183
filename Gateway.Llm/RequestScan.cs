namespace Gateway.Llm;

/// <summary>What the gateway must know of a request before it passes its bytes on.</summary>
public readonly record struct RequestScan
{
    public string Model { get; init; }

    public bool Stream { get; init; }

    public bool IncludeUsage { get; init; }

    public long? MaxOutputTokens { get; init; }

    public int Choices { get; init; }

    /// <summary>The field that holds the prompt is there.</summary>
    public bool HasInput { get; init; }

    public long TextBytes { get; init; }

    public string? EndUser { get; init; }

    /// <summary>See <see cref="Canonical.ServiceTiers"/>.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>The value of <c>model</c> with its quotes.</summary>
    public (int Start, int Length) ModelValue { get; init; }

    /// <summary><c>stream_options</c> is there and not null.</summary>
    public bool HasStreamOptions { get; init; }

    /// <summary>The value of <c>stream_options</c>; length 0 when absent.</summary>
    public (int Start, int Length) StreamOptionsValue { get; init; }

    /// <summary>The value of <c>stream_options.include_usage</c>; length 0 when absent.</summary>
    public (int Start, int Length) IncludeUsageValue { get; init; }
}
