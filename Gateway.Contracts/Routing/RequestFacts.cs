namespace Gateway.Contracts.Routing;

/// <summary>What one pass over a request's bytes finds out: enough to admit and to splice it, without a DOM.</summary>
public sealed record RequestFacts
{
    public required string Model { get; init; }

    /// <summary>The client named none, and leaves the choice to the gateway.</summary>
    public bool IsModelUnnamed { get; init; }

    public bool Stream { get; init; }

    /// <summary>The client asked for a usage chunk at the end of a stream.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>The output cap that the client sent.</summary>
    public long? MaxOutputTokens { get; init; }

    public int Choices { get; init; } = 1;

    /// <summary>Bytes of prompt text, the base of the token estimate.</summary>
    public long TextBytes { get; init; }

    /// <summary>Where the value of <c>model</c> stands in the body, quotes included.</summary>
    public ByteRange ModelValue { get; init; }

    /// <summary>Where the value of <c>stream_options</c> stands; empty when it is absent.</summary>
    public ByteRange StreamOptionsValue { get; init; }

    /// <summary>Where the value of <c>stream_options.include_usage</c> stands; empty when it is absent.</summary>
    public ByteRange IncludeUsageValue { get; init; }

    /// <summary>Who the client says its end user is.</summary>
    public string? EndUser { get; init; }

    /// <summary>The service tier that the client asks for, where it has a price of its own: null for the ordinary one, and for none.</summary>
    public string? ServiceTier { get; init; }
}

public readonly record struct ByteRange(int Start, int Length)
{
    public bool IsEmpty => Length == 0;
}
