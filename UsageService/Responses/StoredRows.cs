using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace UsageService.Responses;

/// <summary>A response of the Responses API. Its JSON is kept as bytes: PostgreSQL's text cannot hold all that JSON can.</summary>
internal sealed class ResponseRow
{
    public required Guid Tenant { get; init; }

    public required string Id { get; init; }

    public string? PreviousId { get; init; }

    public string? ConversationId { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime ExpiresAt { get; init; }

    public required byte[] Response { get; set; }

    public required byte[] Input { get; set; }
}

/// <summary>A response that is, or was, made in the background.</summary>
internal sealed class BackgroundRow
{
    public required Guid Tenant { get; init; }

    public required string ResponseId { get; init; }

    /// <summary>When its Edge was last heard of; null when it has ended.</summary>
    public required DateTime? HeartbeatAt { get; set; }

    public DateTime? EndedAt { get; set; }

    public required bool KeepsEvents { get; set; }

    /// <summary>What its object becomes when it is cancelled; nothing once it has ended, like <see cref="Lost"/>.</summary>
    public byte[]? Cancelled { get; set; }

    public byte[]? Lost { get; set; }
}

/// <summary>A piece of the stream of such a response.</summary>
internal sealed class EventsRow
{
    public required Guid Tenant { get; init; }

    public required string ResponseId { get; init; }

    public required long First { get; init; }

    public required long Last { get; init; }

    public required byte[] Events { get; init; }
}

/// <summary>Which response an item belongs to, for those who refer to an item by its id.</summary>
internal sealed class ItemRow
{
    public required Guid Tenant { get; init; }

    public required string Id { get; init; }

    public required string ResponseId { get; init; }
}

internal sealed class ConversationRow
{
    public required Guid Tenant { get; init; }

    public required string Id { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>Counted from its last turn.</summary>
    public required DateTime ExpiresAt { get; set; }

    public required byte[] Metadata { get; init; }
}

/// <summary>Items that came together.</summary>
internal sealed class ConversationTurnRow
{
    public long Number { get; init; }

    public required Guid Tenant { get; init; }

    public required string ConversationId { get; init; }

    public required byte[] Items { get; init; }
}

internal sealed class StoredRowsConfiguration
    : IEntityTypeConfiguration<ResponseRow>, IEntityTypeConfiguration<ItemRow>, IEntityTypeConfiguration<ConversationRow>,
        IEntityTypeConfiguration<ConversationTurnRow>, IEntityTypeConfiguration<BackgroundRow>, IEntityTypeConfiguration<EventsRow>
{
    /// <summary>Ids come from providers: a longer one is not stored.</summary>
    public const int MaxIdLength = 200;

    public void Configure(EntityTypeBuilder<ResponseRow> builder)
    {
        builder.ToTable("responses");
        builder.HasKey(row => new { row.Tenant, row.Id });
        builder.Property(row => row.Id).HasMaxLength(MaxIdLength);
        builder.Property(row => row.PreviousId).HasMaxLength(MaxIdLength);
        builder.Property(row => row.ConversationId).HasMaxLength(MaxIdLength);
        builder.HasIndex(row => row.ExpiresAt);
    }

    public void Configure(EntityTypeBuilder<BackgroundRow> builder)
    {
        builder.ToTable("background_responses");
        builder.HasKey(row => new { row.Tenant, row.ResponseId });
        builder.HasOne<ResponseRow>().WithOne().HasForeignKey<BackgroundRow>(row => new { row.Tenant, row.ResponseId }).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(row => row.HeartbeatAt);
    }

    public void Configure(EntityTypeBuilder<EventsRow> builder)
    {
        builder.ToTable("response_events");
        builder.HasKey(row => new { row.Tenant, row.ResponseId, row.First });
        builder.HasOne<BackgroundRow>().WithMany().HasForeignKey(row => new { row.Tenant, row.ResponseId }).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<ItemRow> builder)
    {
        builder.ToTable("response_items");
        builder.HasKey(row => new { row.Tenant, row.Id });
        builder.Property(row => row.Id).HasMaxLength(MaxIdLength);
        builder.HasOne<ResponseRow>().WithMany().HasForeignKey(row => new { row.Tenant, row.ResponseId }).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<ConversationRow> builder)
    {
        builder.ToTable("conversations");
        builder.HasKey(row => new { row.Tenant, row.Id });
        builder.Property(row => row.Id).HasMaxLength(MaxIdLength);
        builder.HasIndex(row => row.ExpiresAt);
    }

    public void Configure(EntityTypeBuilder<ConversationTurnRow> builder)
    {
        builder.ToTable("conversation_turns");
        builder.HasKey(row => row.Number);
        builder.HasOne<ConversationRow>().WithMany().HasForeignKey(row => new { row.Tenant, row.ConversationId }).OnDelete(DeleteBehavior.Cascade);
    }
}
