using Gateway.Contracts;
using KeyService.Limits;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.Projects;

/// <summary>Keys that belong together, with limits and a budget for all of them.</summary>
internal sealed class Project : Account
{
    public override Budget? Budget => BudgetLimitNanoUsd is { } amount ? new Budget(new NanoUsd(amount), BudgetPeriod) : null;

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
        builder.HasIndex(project => project.Name).IsUnique();
    }
}
