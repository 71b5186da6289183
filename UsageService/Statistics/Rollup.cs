using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ServiceDefaults.Storage;

namespace UsageService.Statistics;

/// <summary>
/// The sums of one hour, or one day in UTC, over calls that are alike. Its id is all of its key: a bit for days, two for the kind, 28 for the
/// hour since 1970 in which it begins, 32 for the <see cref="CallDimensions"/>. So a span of time is a range of ids, and SQLite needs no index
/// beside the table itself. The sums are one value, as every query reads many rows and all of each.
/// </summary>
internal sealed class Rollup
{
    private const string Table = "usage_rollups";
    private const long Day = 1L << 62;
    private const int KindShift = 60;
    private const int HourShift = 32;
    private const long HourMask = (1L << (KindShift - HourShift)) - 1;

    public long Id { get; init; }

    /// <summary>See <see cref="UsageSums.Write"/>.</summary>
    public required byte[] Sums { get; init; }

    public const string Select = $"SELECT \"Id\", \"Sums\" FROM {Table}";

    /// <summary>A row that is there already is replaced: who writes it has read it in the same transaction.</summary>
    public static SqlRows<(long Id, UsageSums Sums)> Insert { get; } = new(
        Table,
        [new("Id", DbType.Int64, row => row.Id), new("Sums", DbType.Binary, row => row.Sums.Write())],
        "(\"Id\") DO UPDATE SET \"Sums\" = excluded.\"Sums\"");

    public static long HourOf(DateTime time) => Math.Max(0, (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerHour);

    public static DateTime TimeOf(long hour) => DateTime.UnixEpoch.AddHours(hour);

    public static long IdOfHour(RollupKind kind, long hour, long dimensions = 0) => ((long)kind << KindShift) | (hour << HourShift) | dimensions;

    /// <param name="kind">What it is by.</param>
    /// <param name="hour">Any hour of the day.</param>
    /// <param name="dimensions">Of which calls.</param>
    public static long IdOfDay(RollupKind kind, long hour, long dimensions = 0) => Day | IdOfHour(kind, hour - (hour % 24), dimensions);

    public static (long Hour, long Dimensions) Parse(long id) => ((id >> HourShift) & HourMask, id & uint.MaxValue);
}

internal sealed class RollupConfiguration : IEntityTypeConfiguration<Rollup>
{
    public void Configure(EntityTypeBuilder<Rollup> builder)
    {
        builder.ToTable("usage_rollups");
        builder.Property(row => row.Id).ValueGeneratedNever();
    }
}
