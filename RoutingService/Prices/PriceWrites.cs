using System.Globalization;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;

namespace RoutingService.Prices;

/// <summary>New rows, and ends for those that they take the place of. Nothing else about a row is ever written.</summary>
internal static class PriceWrites
{
    /// <summary>
    /// What a deployment or a model costs from now on, for its own fields of the admin API; null for whatever others say. Saved with the
    /// changes of the context.
    /// </summary>
    public static async Task SetAsync(
        RoutingDbContext database, PriceOrigin origin, string? deployment, string provider, string model, PriceBand? price, DateTime now, CancellationToken cancellationToken)
    {
        var match = ModelMatch.Exactly(model);
        var open = (await database.PriceRows
                .Where(row => row.Origin == origin && row.Deployment == deployment && row.EffectiveTo == null)
                .ToListAsync(cancellationToken))
            .Where(row => origin == PriceOrigin.Deployment || (row.Provider == provider && row.Model.Equals(match)))
            .ToList();
        if (price is not null && open is [{ Bands: [var band] } current] && band == price && current.Model.Equals(match))
        {
            return;
        }

        foreach (var row in open)
        {
            row.EffectiveTo = now;
        }

        if (price is not null)
        {
            database.PriceRows.Add(new PriceRow
            {
                Id = Guid.CreateVersion7(new DateTimeOffset(now, TimeSpan.Zero)).ToString("D", CultureInfo.InvariantCulture),
                Origin = origin,
                Deployment = deployment,
                Provider = provider,
                Model = match,
                ServiceTier = PriceRow.AnyTier,
                EffectiveFrom = now,
                Bands = [price],
                Source = "admin API",
                CreatedAt = now,
            });
        }
    }

    /// <summary>
    /// Adds rows of an operator's. One that holds for the same and has no end yet ends where a new one begins; any other overlap is a fault,
    /// and then nothing is added.
    /// </summary>
    public static async Task AddAsync(RoutingDbContext database, IReadOnlyList<PriceRow> rows, Action<int, string> fault, CancellationToken cancellationToken)
    {
        PriceOverlaps.Check(rows, fault);
        var stored = (await database.PriceRows.Where(row => row.Origin == PriceOrigin.Operator).ToListAsync(cancellationToken)).ToLookup(row => row.Key);
        foreach (var (index, row) in rows.Index().OrderBy(pair => pair.Item.EffectiveFrom))
        {
            foreach (var before in stored[row.Key])
            {
                if (before.ManagedBy is not null && before.ManagedBy != row.ManagedBy && PriceOverlaps.Overlap(before, row))
                {
                    fault(index, $"Row '{before.Id}' of the configuration file holds at that time: edit gateway.yaml and apply it.");
                }
                else if (before.EffectiveTo is null && before.EffectiveFrom < row.EffectiveFrom)
                {
                    before.EffectiveTo = row.EffectiveFrom;
                }
                else if (PriceOverlaps.Overlap(before, row))
                {
                    fault(index, $"It holds at the same time as row '{before.Id}': end that one first, or begin later.");
                }
            }

            database.PriceRows.Add(row);
        }
    }
}
