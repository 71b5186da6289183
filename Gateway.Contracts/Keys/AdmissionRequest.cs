using Gateway.Contracts.Routing;

namespace Gateway.Contracts.Keys;

/// <summary>May this key make this call?</summary>
/// <param name="CallId">Names the lease; the same id again is the same admission.</param>
public sealed record AdmissionRequest(Guid CallId, string Secret, string Model, ClientFormat Format)
{
    /// <summary>Tokens of the request, counted or estimated.</summary>
    public long InputTokens { get; init; }

    /// <summary>What the client said it wants at most, for all of its choices; null when it did not say.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>How many answers it wants.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>What a token can cost.</summary>
    public ModelQuote Quote { get; init; } = new();

    /// <summary>W3C <c>traceparent</c> of the call: admissions travel together, and each belongs to its own trace.</summary>
    public string? TraceParent { get; init; }
}
