using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.Ledger;

/// <summary>
/// Which process counts; there is one row. Every write of the ledger makes sure of it in its transaction, so that a process which has lost
/// the lock without noticing changes nothing any more.
/// </summary>
internal sealed record LedgerOwner(int Id, Guid Owner);

/// <summary>Another process counts now.</summary>
internal sealed class LedgerOwnerChangedException() : Exception("Another process has taken the ledger over.");

internal sealed class LedgerOwnerConfiguration : IEntityTypeConfiguration<LedgerOwner>
{
    public void Configure(EntityTypeBuilder<LedgerOwner> builder)
    {
        builder.ToTable("ledger_owner");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(row => row.Owner).HasColumnName("owner");
    }
}
