using Gateway.Contracts;
using Gateway.Contracts.Contents;
using KeyService.Data;
using KeyService.Limits;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.Projects;

/// <summary>Keys that belong together, with limits and a budget for all of them.</summary>
internal sealed class Project : Account
{
    public override Budget? Budget => BudgetLimitNanoUsd is { } amount ? new Budget(new NanoUsd(amount), BudgetPeriod) : null;

    /// <summary>What its clients say, and what they are answered, is kept for its administrators.</summary>
    public bool ContentLogging { get; set; }

    public int ContentRetentionDays { get; set; } = ContentRules.DefaultRetentionDays;

    /// <summary>See <see cref="RedactionRules"/>; null is all that are built in.</summary>
    public IReadOnlyList<string>? Redaction { get; set; }

    public ContentRules? Content => ContentLogging ? new ContentRules(ContentRetentionDays, Redaction) : null;

    public RateLimits Limits => new(RpmLimit, TpmLimit, null, null, MaxParallel);
}

internal sealed class ProjectConfiguration : IEntityTypeConfiguration<Project>
{
    public void Configure(EntityTypeBuilder<Project> builder)
    {
        builder.ToTable("projects");
        Account.Configure(builder);
        builder.Ignore(project => project.Budget);
        builder.Ignore(project => project.Limits);
        builder.Ignore(project => project.Content);
        builder.Property(project => project.ContentRetentionDays).HasDefaultValue(ContentRules.DefaultRetentionDays);
        builder.Property(project => project.Redaction).HasJsonConversion();
        builder.HasIndex(project => project.Name).IsUnique();
    }
}
