namespace Gateway.Contracts.Routing;

/// <summary>A model as <c>GET /v1/models</c> lists it.</summary>
public sealed record ModelDescription(string Id, string OwnedBy, DateTime CreatedAt)
{
    /// <summary>The services that have it, in the order in which they are asked; null where it is none of theirs.</summary>
    public IReadOnlyList<ServiceDescription>? Services { get; init; }
}

/// <summary>A service that the environment configures.</summary>
/// <param name="Priority">The lowest is asked first.</param>
public sealed record ServiceDescription(string Name, string BackendType, int Priority = 0);
