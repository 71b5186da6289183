namespace Gateway.Contracts.Routing;

/// <summary>What can be named, whoever asks.</summary>
public sealed record ModelList(IReadOnlyList<ModelDescription> Models)
{
    /// <summary>All services, in the order in which they are asked; <see cref="WorkingServices"/> of them have said what they have.</summary>
    public IReadOnlyList<ServiceDescription> Services { get; init; } = [];

    public int WorkingServices { get; init; }
}
