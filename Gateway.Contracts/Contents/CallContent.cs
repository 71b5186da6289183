namespace Gateway.Contracts.Contents;

/// <summary>What was said in a call, redacted. It is kept apart from the call's record, and for another time.</summary>
public sealed record CallContent
{
    public required Guid CallId { get; init; }

    public required Guid KeyId { get; init; }

    public required Guid ProjectId { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime ExpiresAt { get; init; }

    /// <summary>The request's JSON.</summary>
    public required string Request { get; init; }

    /// <summary>JSON: the answer as it was, or the texts of a stream put together. Null where there was none.</summary>
    public string? Answer { get; init; }

    /// <summary>There was more than is kept.</summary>
    public bool IsCut { get; init; }
}

/// <summary>Where content is kept. What it cannot take is lost, and counted.</summary>
public interface IContentLog
{
    Task RecordAsync(IReadOnlyList<CallContent> contents, CancellationToken cancellationToken);
}
