using System.Text.Json.Serialization;
using Gateway.Contracts;
using KeyService.Ledger;
using KeyService.Limits;
using ServiceDefaults.Changes;

namespace KeyService.VirtualKeys;

/// <summary>A key as the admin API shows it.</summary>
internal sealed record KeyView : IVersionedView
{
    /// <summary>The secret: in the answer to its making, and in no other.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    /// <summary>How long the secret before it still works.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? PreviousKeyValidUntil { get; init; }

    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string? Description { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required string KeyPrefix { get; init; }

    public required Guid? ProjectId { get; init; }

    /// <summary>active, disabled, expired or revoked.</summary>
    public required string Status { get; init; }

    public required bool Enabled { get; init; }

    public required DateTime? ExpiresAt { get; init; }

    public required DateTime? RevokedAt { get; init; }

    public required long? RpmLimit { get; init; }

    public required long? TpmLimit { get; init; }

    public required long? RpdLimit { get; init; }

    public required long? TpdLimit { get; init; }

    public required long? MaxParallel { get; init; }

    public required IReadOnlyList<ModelLimitView> ModelLimits { get; init; }

    public required decimal? BudgetLimit { get; init; }

    public required string? BudgetPeriod { get; init; }

    public required decimal ToppedUp { get; init; }

    public required BudgetOverrideView? BudgetOverride { get; init; }

    /// <summary>When the budget is full again; null for one for life.</summary>
    public required DateTime? BudgetResetsAt { get; init; }

    public required int? SoftBudgetPercent { get; init; }

    public required string? WebhookUrl { get; init; }

    public required IReadOnlyList<string>? AllowedModels { get; init; }

    public required IReadOnlyList<string>? DeniedModels { get; init; }

    public required IReadOnlyList<string>? AllowedEndpoints { get; init; }

    public required long? MaxTokensPerRequest { get; init; }

    public required long? DefaultReserveTokens { get; init; }

    /// <summary>mark, refuse or ceiling; null is the gateway's.</summary>
    public required string? UnpricedPolicy { get; init; }

    /// <summary>Settled cost of the running period.</summary>
    public required decimal CurrentUsage { get; init; }

    public required decimal TotalUsage { get; init; }

    public required long TotalRequests { get; init; }

    public required DateTime? LastUsedAt { get; init; }

    /// <summary>file, or null: see <see cref="ServiceDefaults.Ownership.Owners"/>.</summary>
    public required string? ManagedBy { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime UpdatedAt { get; init; }

    [JsonIgnore]
    public Guid Version { get; init; }

    public static KeyView From(VirtualKey key, SpentTotals spent, DateTime utcNow) => new()
    {
        Id = key.Id,
        Name = key.Name,
        Description = key.Description,
        Tags = key.Tags,
        KeyPrefix = key.KeyPrefix,
        ProjectId = key.ProjectId,
        Status = key.RevokedAt is not null ? "revoked" : !key.Enabled ? "disabled" : key.ExpiresAt <= utcNow ? "expired" : "active",
        Enabled = key.Enabled,
        ExpiresAt = key.ExpiresAt,
        RevokedAt = key.RevokedAt,
        RpmLimit = key.RpmLimit,
        TpmLimit = key.TpmLimit,
        RpdLimit = key.RpdLimit,
        TpdLimit = key.TpdLimit,
        MaxParallel = key.MaxParallel,
        ModelLimits = [.. key.ModelLimits.Select(ModelLimitView.From)],
        BudgetLimit = AccountFields.ToUsd(key.BudgetLimitNanoUsd),
        BudgetPeriod = BudgetPeriods.NameOf(key.BudgetPeriod),
        ToppedUp = new NanoUsd(key.ToppedUpNanoUsd).ToUsd(),
        BudgetOverride = key.Override is { } other ? new BudgetOverrideView(other.Amount.ToUsd(), other.Until) : null,
        BudgetResetsAt = BudgetPeriods.ResetAfter(key.BudgetPeriod, utcNow),
        SoftBudgetPercent = key.SoftBudgetPercent,
        WebhookUrl = key.WebhookUrl,
        AllowedModels = key.AllowedModels,
        DeniedModels = key.DeniedModels,
        AllowedEndpoints = key.AllowedEndpoints,
        MaxTokensPerRequest = key.MaxTokensPerRequest,
        DefaultReserveTokens = key.DefaultReserveTokens,
        UnpricedPolicy = key.UnpricedPolicy?.ToString().ToLowerInvariant(),
        CurrentUsage = new NanoUsd(spent.Of(key.BudgetPeriod)).ToUsd(),
        TotalUsage = new NanoUsd(spent.Lifetime).ToUsd(),
        TotalRequests = key.TotalRequests,
        LastUsedAt = key.LastUsedAt,
        ManagedBy = key.ManagedBy,
        CreatedAt = key.CreatedAt,
        UpdatedAt = key.UpdatedAt,
        Version = key.Version,
    };
}

internal sealed record BudgetOverrideView(decimal Amount, DateTime Until);

internal sealed record ModelLimitView(
    string Model,
    long? RpmLimit,
    long? TpmLimit,
    long? RpdLimit,
    long? TpdLimit,
    long? MaxParallel,
    decimal? BudgetLimit,
    string? BudgetPeriod)
{
    public static ModelLimitView From(ModelLimit limit) => new(
        limit.Model,
        limit.Limits.RequestsPerMinute,
        limit.Limits.TokensPerMinute,
        limit.Limits.RequestsPerDay,
        limit.Limits.TokensPerDay,
        limit.Limits.Parallel,
        limit.Budget?.Amount.ToUsd(),
        BudgetPeriods.NameOf(limit.Budget?.Period));
}
