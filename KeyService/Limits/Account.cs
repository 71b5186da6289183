using KeyService.Data;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ServiceDefaults.Changes;
using ServiceDefaults.Ownership;

namespace KeyService.Limits;

/// <summary>What a project and a key have in common: limits, a budget, and a warning before it is used up.</summary>
internal abstract class Account : IOwned, IVersioned
{
    public const int MaxNameLength = 100;
    public const int MaxDescriptionLength = 1000;
    public const int MaxUrlLength = 1000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public string Name { get; set; } = "";

    public string? Description { get; set; }

    public IReadOnlyList<string> Tags { get; set; } = [];

    public bool Enabled { get; set; } = true;

    public long? RpmLimit { get; set; }

    public long? TpmLimit { get; set; }

    public long? MaxParallel { get; set; }

    public long? BudgetLimitNanoUsd { get; set; }

    public BudgetPeriod? BudgetPeriod { get; set; }

    /// <summary>The share of the budget at which <see cref="WebhookUrl"/> is told.</summary>
    public int? SoftBudgetPercent { get; set; }

    public string? WebhookUrl { get; set; }

    /// <summary>Null is unlimited.</summary>
    public abstract Budget? Budget { get; }

    public string? ManagedBy { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public Guid Version { get; set; }

    public static void Configure<T>(EntityTypeBuilder<T> builder)
        where T : Account
    {
        builder.Property(account => account.Name).HasMaxLength(MaxNameLength);
        builder.Property(account => account.Description).HasMaxLength(MaxDescriptionLength);
        builder.Property(account => account.Tags).HasJsonConversion();
        builder.Property(account => account.BudgetPeriod).HasConversion<string>().HasMaxLength(BudgetPeriods.MaxNameLength);
        builder.Property(account => account.ManagedBy).HasMaxLength(Owners.MaxNameLength);
        builder.Property(account => account.WebhookUrl).HasMaxLength(MaxUrlLength);
    }
}
