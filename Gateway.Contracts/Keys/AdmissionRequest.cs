namespace Gateway.Contracts.Keys;

/// <summary>May this key make this call?</summary>
/// <param name="CallId">Names the lease; the same id again is the same admission.</param>
public sealed record AdmissionRequest(Guid CallId, string Secret, string Model, ClientFormat Format)
{
    /// <summary>Tokens of the request, estimated.</summary>
    public long InputTokens { get; init; }

    /// <summary>What the client said it wants at most.</summary>
    public long? OutputTokens { get; init; }
}
