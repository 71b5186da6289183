using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.Changes;

/// <summary>A request that was carried out under an <c>Idempotency-Key</c>, and what it was answered.</summary>
internal sealed class IdempotencyRow
{
    /// <summary>A digest of who asked for what, and of the key.</summary>
    public required string Id { get; init; }

    public required byte[] BodyDigest { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>Sealed. Null until the change has its answer, which is a moment after it is made.</summary>
    public byte[]? Answer { get; set; }
}

public static class IdempotencyModel
{
    internal const int IdLength = 64;

    /// <summary>The table in which a database remembers the answers to its changes.</summary>
    public static void AddIdempotency(this ModelBuilder model) => model.Entity<IdempotencyRow>(row =>
    {
        row.ToTable("idempotency_keys");
        row.Property(answer => answer.Id).HasColumnName("id").HasMaxLength(IdLength);
        row.Property(answer => answer.BodyDigest).HasColumnName("body_digest");
        row.Property(answer => answer.CreatedAt).HasColumnName("created_at");
        row.Property(answer => answer.Answer).HasColumnName("answer");
        row.HasIndex(answer => answer.CreatedAt);
    });
}
