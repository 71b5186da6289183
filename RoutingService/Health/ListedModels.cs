namespace RoutingService.Health;

/// <summary>A provider's list by its models' names, with what else it says of them.</summary>
internal sealed class ListedModels : HashSet<string>
{
    private readonly Dictionary<string, ListedModel> _models = new(StringComparer.Ordinal);

    public ListedModels(IEnumerable<ListedModel> models)
        : base(StringComparer.Ordinal)
    {
        foreach (var model in models)
        {
            Add(model.Id);
            _models.TryAdd(model.Id, model);
        }
    }

    /// <summary>In the order of the list.</summary>
    public IReadOnlyCollection<ListedModel> Models => _models.Values;
}

internal sealed record ListedModel(string Id, DateTime? CreatedAt = null, string? OwnedBy = null);
