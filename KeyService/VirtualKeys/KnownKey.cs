using Gateway.Contracts.Keys;
using KeyService.Limits;
using KeyService.Projects;

namespace KeyService.VirtualKeys;

/// <summary>A key and its project as they were at one moment: all that an admission needs. A change makes a new one.</summary>
internal sealed record KnownKey
{
    public required KeyIdentity Identity { get; init; }

    public Guid Id => Identity.KeyId;

    public required bool Enabled { get; init; }

    public required DateTime? ExpiresAt { get; init; }

    /// <summary>Null for a key that stands alone.</summary>
    public required KnownProject? Project { get; init; }

    public required RateLimits Limits { get; init; }

    public required Budget? Budget { get; init; }

    public required IReadOnlyList<ModelLimit> ModelLimits { get; init; }

    public required ModelAccess Models { get; init; }

    /// <summary>Null is every endpoint.</summary>
    public required IReadOnlyList<string>? AllowedEndpoints { get; init; }

    public required long? MaxTokensPerRequest { get; init; }

    public required long? DefaultReserveTokens { get; init; }

    public required BudgetWarning? Warning { get; init; }

    public static KnownKey From(VirtualKey key) => new()
    {
        Identity = new KeyIdentity(key.Id, key.Name) { ProjectId = key.ProjectId, ProjectName = key.Project?.Name, Unpriced = key.UnpricedPolicy, Content = key.Project?.Content },
        Enabled = key.Enabled && key.RevokedAt is null,
        ExpiresAt = key.ExpiresAt,
        Project = key.Project is { } project ? KnownProject.From(project) : null,
        Limits = key.Limits,
        Budget = key.Budget,
        ModelLimits = key.ModelLimits,
        Models = new ModelAccess(key.AllowedModels, key.DeniedModels),
        AllowedEndpoints = key.AllowedEndpoints,
        MaxTokensPerRequest = key.MaxTokensPerRequest,
        DefaultReserveTokens = key.DefaultReserveTokens,
        Warning = BudgetWarning.From(key),
    };
}

internal sealed record KnownProject(Guid Id, string Name, bool Enabled, RateLimits Limits, Budget? Budget, BudgetWarning? Warning)
{
    public static KnownProject From(Project project) => new(
        project.Id, project.Name, project.Enabled, project.Limits, project.Budget, BudgetWarning.From(project));
}

/// <summary>Whom to tell when a share of the budget is used.</summary>
internal sealed record BudgetWarning(int Percent, string? WebhookUrl)
{
    public static BudgetWarning? From(Account account)
        => account.SoftBudgetPercent is { } percent ? new BudgetWarning(percent, account.WebhookUrl) : null;
}
