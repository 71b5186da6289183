namespace Gateway.Contracts.Audit;

/// <summary>Who did what, or tried to, before it is sealed into a chain.</summary>
public sealed record AuditEvent
{
    /// <summary>The name of the administrator; <see cref="Internal"/> for what the gateway does by itself.</summary>
    public required string Actor { get; init; }

    /// <summary>Tells two secrets of one administrator apart.</summary>
    public string? ActorKey { get; init; }

    /// <summary>The client's address, as the Edge sees it.</summary>
    public string? Source { get; init; }

    /// <summary>What kind of program it was, from a short list.</summary>
    public string? Client { get; init; }

    /// <summary>create, update, delete, or what else can be done to such a resource.</summary>
    public required string Action { get; init; }

    public required string ResourceType { get; init; }

    /// <summary>Null for what has not been made.</summary>
    public string? ResourceId { get; init; }

    public string? RequestId { get; init; }

    /// <summary>How it was answered.</summary>
    public int? StatusCode { get; init; }

    /// <summary>JSON: each changed field with its value before and after, secrets as keyed digests; null where nothing was done.</summary>
    public string? Changes { get; init; }

    public const string Internal = "internal";
}
