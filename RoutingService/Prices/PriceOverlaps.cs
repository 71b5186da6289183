namespace RoutingService.Prices;

/// <summary>Two rows for the same thing at the same time: nobody could say which of them holds.</summary>
internal static class PriceOverlaps
{
    public static void Check(IReadOnlyList<PriceRow> rows, Action<int, string> fault)
    {
        foreach (var same in rows.Select((row, index) => (Row: row, Index: index)).GroupBy(pair => pair.Row.Key))
        {
            var ordered = same.OrderBy(pair => pair.Row.EffectiveFrom).ToList();
            foreach (var (earlier, later) in ordered.Zip(ordered.Skip(1)).Where(pair => pair.First.Row.EffectiveTo is not { } end || end > pair.Second.Row.EffectiveFrom))
            {
                fault(later.Index, $"It holds at the same time as row {earlier.Index}, which is for the same models.");
            }
        }
    }

    public static bool Overlap(PriceRow one, PriceRow other)
        => one.EffectiveFrom < (other.EffectiveTo ?? DateTime.MaxValue) && other.EffectiveFrom < (one.EffectiveTo ?? DateTime.MaxValue);
}
