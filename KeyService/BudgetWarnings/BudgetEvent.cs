using KeyService.Ledger;
using KeyService.Limits;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.BudgetWarnings;

/// <summary>That a budget's threshold was reached in a period: one row for each, so that it is said once, whatever restarts.</summary>
internal sealed class BudgetEvent
{
    public required Guid Id { get; init; }

    /// <summary>See <see cref="LedgerScope"/>.</summary>
    public required string Scope { get; init; }

    public required DateOnly PeriodStart { get; init; }

    /// <summary>What is sent, see <see cref="BudgetEventBody"/>.</summary>
    public required string Body { get; init; }

    /// <summary>Null where nobody is to be told.</summary>
    public required string? WebhookUrl { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>Delivered, given up, or nobody to tell; null while it is still to be sent.</summary>
    public DateTime? ClosedAt { get; init; }
}

internal sealed class BudgetEventConfiguration : IEntityTypeConfiguration<BudgetEvent>
{
    public void Configure(EntityTypeBuilder<BudgetEvent> builder)
    {
        builder.ToTable("budget_events");
        builder.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(row => row.Scope).HasColumnName("scope").HasMaxLength(LedgerScope.MaxLength);
        builder.Property(row => row.PeriodStart).HasColumnName("period_start");
        builder.Property(row => row.Body).HasColumnName("body");
        builder.Property(row => row.WebhookUrl).HasColumnName("webhook_url").HasMaxLength(Account.MaxUrlLength);
        builder.Property(row => row.CreatedAt).HasColumnName("created_at");
        builder.Property(row => row.ClosedAt).HasColumnName("closed_at");
        builder.HasIndex(row => new { row.Scope, row.PeriodStart }).IsUnique();
    }
}
