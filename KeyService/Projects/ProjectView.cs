using System.Text.Json.Serialization;
using Gateway.Contracts;
using KeyService.Ledger;
using KeyService.Limits;
using ServiceDefaults.Changes;

namespace KeyService.Projects;

/// <summary>A project as the admin API shows it.</summary>
internal sealed record ProjectView : IVersionedView
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string? Description { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required bool Enabled { get; init; }

    public required long? RpmLimit { get; init; }

    public required long? TpmLimit { get; init; }

    public required long? MaxParallel { get; init; }

    public required decimal? BudgetLimit { get; init; }

    public required string? BudgetPeriod { get; init; }

    /// <summary>When the budget is full again; null for one for life.</summary>
    public required DateTime? BudgetResetsAt { get; init; }

    public required int? SoftBudgetPercent { get; init; }

    public required string? WebhookUrl { get; init; }

    public required bool ContentLogging { get; init; }

    public required int ContentRetentionDays { get; init; }

    /// <summary>Null is all that are built in.</summary>
    public required IReadOnlyList<string>? Redaction { get; init; }

    /// <summary>Settled cost of the running period, of all keys.</summary>
    public required decimal CurrentUsage { get; init; }

    public required decimal TotalUsage { get; init; }

    /// <summary>file, or null: see <see cref="ServiceDefaults.Ownership.Owners"/>.</summary>
    public required string? ManagedBy { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime UpdatedAt { get; init; }

    [JsonIgnore]
    public Guid Version { get; init; }

    public static ProjectView From(Project project, SpentTotals spent, DateTime utcNow) => new()
    {
        Id = project.Id,
        Name = project.Name,
        Description = project.Description,
        Tags = project.Tags,
        Enabled = project.Enabled,
        RpmLimit = project.RpmLimit,
        TpmLimit = project.TpmLimit,
        MaxParallel = project.MaxParallel,
        BudgetLimit = AccountFields.ToUsd(project.BudgetLimitNanoUsd),
        BudgetPeriod = BudgetPeriods.NameOf(project.BudgetPeriod),
        BudgetResetsAt = BudgetPeriods.ResetAfter(project.BudgetPeriod, utcNow),
        SoftBudgetPercent = project.SoftBudgetPercent,
        WebhookUrl = project.WebhookUrl,
        ContentLogging = project.ContentLogging,
        ContentRetentionDays = project.ContentRetentionDays,
        Redaction = project.Redaction,
        CurrentUsage = new NanoUsd(spent.Of(project.BudgetPeriod)).ToUsd(),
        TotalUsage = new NanoUsd(spent.Lifetime).ToUsd(),
        ManagedBy = project.ManagedBy,
        CreatedAt = project.CreatedAt,
        UpdatedAt = project.UpdatedAt,
        Version = project.Version,
    };
}
