using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace UsageService.RequestLog;

/// <summary>
/// One row: the number of the newest call. Who writes records changes it first and so holds it until the end of the transaction: writers
/// come one after the other, in every process, and numbers in the order of commits.
/// </summary>
internal sealed class LogSequence
{
    public const int OnlyId = 1;

    public int Id { get; init; }

    public long Last { get; init; }
}

internal sealed class LogSequenceConfiguration : IEntityTypeConfiguration<LogSequence>
{
    public void Configure(EntityTypeBuilder<LogSequence> builder)
    {
        builder.ToTable("log_sequence");
        builder.Property(row => row.Id).ValueGeneratedNever();
    }
}
