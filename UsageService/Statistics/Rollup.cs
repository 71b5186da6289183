using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using UsageService.Data;

namespace UsageService.Statistics;

/// <summary>
/// The sums of one hour, or one day in UTC, over calls that are alike. Its id is all of its key: a bit for days, 30 bits for the hour since
/// 1970 in which it begins, 32 bits for the <see cref="CallDimensions"/>. So a span of time is a range of ids, and SQLite needs no index beside
/// the table itself. Its counters are columns that only SQL sees.
/// </summary>
internal sealed class Rollup
{
    public const string Table = "usage_rollups";

    private const long Day = 1L << 62;
    private const int HourShift = 32;

    public long Id { get; init; }

    /// <summary>See <see cref="UsageSums.WriteHistograms"/>.</summary>
    public required byte[] Histograms { get; init; }

    public static string Columns { get; } =
        string.Join(", ", UsageSums.Counters.Select(counter => $"\"{counter}\"").Prepend("\"Id\"").Append("\"Histograms\""));

    /// <summary>A row that is there already is replaced: who writes it has read it in the same transaction.</summary>
    public static SqlInsert<(long Id, UsageSums Sums)> Insert { get; } = new(
        Table,
        [
            new("Id", DbType.Int64, row => row.Id),
            .. UsageSums.Counters.Select(counter => new SqlColumn<(long Id, UsageSums Sums)>(counter.ToString(), DbType.Int64, row => row.Sums[counter])),
            new("Histograms", DbType.Binary, row => row.Sums.WriteHistograms()),
        ],
        "(\"Id\") DO UPDATE SET "
        + string.Join(", ", UsageSums.Counters.Select(counter => $"\"{counter}\" = excluded.\"{counter}\"").Append("\"Histograms\" = excluded.\"Histograms\"")));

    public static long HourOf(DateTime time) => Math.Max(0, (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerHour);

    public static DateTime TimeOf(long hour) => DateTime.UnixEpoch.AddHours(hour);

    public static long IdOfHour(long hour, long dimensions) => (hour << HourShift) | dimensions;

    /// <param name="hour">Any hour of the day.</param>
    public static long IdOfDay(long hour, long dimensions) => Day | IdOfHour(hour - (hour % 24), dimensions);

    public static (long Hour, long Dimensions) Parse(long id) => ((id & ~Day) >> HourShift, id & uint.MaxValue);
}

internal sealed class RollupConfiguration : IEntityTypeConfiguration<Rollup>
{
    public void Configure(EntityTypeBuilder<Rollup> builder)
    {
        builder.ToTable(Rollup.Table);
        builder.Property(row => row.Id).ValueGeneratedNever();
        foreach (var counter in UsageSums.Counters)
        {
            builder.Property<long>(counter.ToString());
        }
    }
}
