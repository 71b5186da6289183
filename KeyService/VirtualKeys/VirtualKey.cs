using Gateway.Contracts;
using Gateway.Contracts.Routing;
using KeyService.Data;
using KeyService.Limits;
using KeyService.Projects;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.VirtualKeys;

/// <summary>What a client calls with. Its secrets are in <see cref="KeySecret"/>, as digests.</summary>
internal sealed class VirtualKey : Account
{
    public const int MaxPrefixLength = 20;

    /// <summary>The start of the newest secret, as lists may show it.</summary>
    public string KeyPrefix { get; set; } = "";

    public Guid? ProjectId { get; set; }

    public Project? Project { get; set; }

    public DateTime? ExpiresAt { get; set; }

    /// <summary>A deleted key: its row stays for its history, and no secret opens it any more.</summary>
    public DateTime? RevokedAt { get; set; }

    public long? RpdLimit { get; set; }

    public long? TpdLimit { get; set; }

    public IReadOnlyList<ModelLimit> ModelLimits { get; set; } = [];

    /// <summary>Null is every model.</summary>
    public IReadOnlyList<string>? AllowedModels { get; set; }

    public IReadOnlyList<string>? DeniedModels { get; set; }

    /// <summary>Null is every endpoint.</summary>
    public IReadOnlyList<string>? AllowedEndpoints { get; set; }

    public long? MaxTokensPerRequest { get; set; }

    /// <summary>What a call without an output cap reserves for its output.</summary>
    public long? DefaultReserveTokens { get; set; }

    /// <summary>What is done with its calls to models without a price; null leaves that to the gateway.</summary>
    public UnpricedPolicy? UnpricedPolicy { get; set; }

    public long ToppedUpNanoUsd { get; set; }

    public long? OverrideNanoUsd { get; set; }

    public DateTime? OverrideUntil { get; set; }

    /// <summary>Calls that were settled.</summary>
    public long TotalRequests { get; set; }

    public DateTime? LastUsedAt { get; set; }

    public RateLimits Limits => new(RpmLimit, TpmLimit, RpdLimit, TpdLimit, MaxParallel);

    public override Budget? Budget => BudgetLimitNanoUsd is { } amount
        ? new Budget(new NanoUsd(amount), BudgetPeriod, new NanoUsd(ToppedUpNanoUsd), Override)
        : null;

    public BudgetOverride? Override
        => OverrideNanoUsd is { } amount && OverrideUntil is { } until ? new BudgetOverride(new NanoUsd(amount), until) : null;
}

internal sealed class VirtualKeyConfiguration : IEntityTypeConfiguration<VirtualKey>
{
    public void Configure(EntityTypeBuilder<VirtualKey> builder)
    {
        builder.ToTable("virtual_keys");
        Account.Configure(builder);
        builder.Ignore(key => key.Limits);
        builder.Ignore(key => key.Budget);
        builder.Ignore(key => key.Override);
        builder.Property(key => key.KeyPrefix).HasMaxLength(VirtualKey.MaxPrefixLength);
        builder.Property(key => key.ModelLimits).HasJsonConversion();
        builder.Property(key => key.AllowedModels).HasJsonConversion();
        builder.Property(key => key.DeniedModels).HasJsonConversion();
        builder.Property(key => key.AllowedEndpoints).HasJsonConversion();
        builder.Property(key => key.UnpricedPolicy).HasConversion<string>().HasMaxLength(20);
        builder.HasOne(key => key.Project).WithMany().HasForeignKey(key => key.ProjectId).OnDelete(DeleteBehavior.Restrict);
    }
}
