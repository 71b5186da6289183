using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using RoutingService.Providers.Azure;
using RoutingService.Snapshots;
using RoutingService.Targets;

namespace RoutingService.Prices;

/// <summary>
/// The prices of one snapshot. Which rows are for a deployment is found out once, at its first call; a call then takes the first of them that
/// holds at its time and for its tier.
/// </summary>
internal sealed class PriceBook
{
    private const int MaxTold = 8192;

    private readonly PriceSources _sources;
    private readonly TimeProvider _timeProvider;
    private readonly PriceOptions _options;
    private readonly PriceRow? _ceiling;

    /// <summary>For as long as there is the deployment: those of direct references come and go with the names that clients make up.</summary>
    private readonly ConditionalWeakTable<Deployment, PriceRow[]> _rows = [];
    private readonly ConcurrentDictionary<(string Deployment, string? Tier), bool> _told = new();

    public PriceBook(PriceSources sources, TimeProvider? timeProvider = null, PriceOptions? options = null)
    {
        _sources = sources;
        _timeProvider = timeProvider ?? TimeProvider.System;
        _options = options ?? new PriceOptions();
        _ceiling = _options.Ceiling;
    }

    public DateTime Now => _timeProvider.GetUtcNow().UtcDateTime;

    /// <param name="deployment">What is called.</param>
    /// <param name="serviceTier">See <see cref="Gateway.Llm.Canonical.ServiceTiers"/>.</param>
    /// <param name="at">When it was called.</param>
    /// <returns>Null where nobody has said what that costs.</returns>
    public PriceRow? Find(Deployment deployment, string? serviceTier, DateTime at)
    {
        foreach (var row in RowsOf(deployment))
        {
            if (row.IsOfTier(serviceTier ?? PriceRow.StandardTier) && row.IsEffective(at))
            {
                return row;
            }
        }

        return null;
    }

    /// <summary>What a call cost, and by which row.</summary>
    public Rating Rate(Deployment deployment, in TokenUsage usage, string? serviceTier, DateTime at, UnpricedPolicy? ofKey = null, bool hasBudget = false)
    {
        if (Find(deployment, serviceTier, at) is { } row && row.Cost(usage) is { } cost)
        {
            return new Rating(cost, row.Id);
        }

        var policy = ofKey ?? _options.Unpriced;
        if (policy == UnpricedPolicy.Ceiling && _ceiling is not null)
        {
            return new Rating(_ceiling.Cost(usage), _ceiling.Id) { IsUnpriced = true };
        }

        // It was let in at the ordinary price; that its provider served it in a tier of unknown price must not make it free.
        return (hasBudget || policy == UnpricedPolicy.Refuse) && Find(deployment, serviceTier: null, at) is { } ordinary
            ? new Rating(ordinary.Cost(usage), ordinary.Id) { IsUnpriced = true }
            : new Rating(null, null) { IsUnpriced = true };
    }

    /// <summary>Of the ordinary tier, now; null where the model has no price: unknown is not free.</summary>
    public NanoUsd? Cost(Deployment deployment, in TokenUsage usage) => Rate(deployment, usage, serviceTier: null, Now).Cost;

    /// <summary>The dearest that a token of each direction can be, in the tier that is asked for and in the ordinary one that may be given instead.</summary>
    public ModelQuote Quote(Deployment deployment, string? serviceTier = null)
    {
        var at = Now;
        var asked = AskedOf(deployment, serviceTier);
        var quote = Quote(Find(deployment, asked, at));
        return asked is not null && Find(deployment, serviceTier: null, at) is { } ordinary ? quote.Or(Quote(ordinary)) : quote;
    }

    /// <summary>The tier that the provider is asked for; null where it has no such thing.</summary>
    public static string? AskedOf(Deployment deployment, string? serviceTier)
        => serviceTier is not null && deployment.Provider.Adapter?.CanAskFor(serviceTier) == false ? null : serviceTier;

    /// <summary>What the tokens that a provider had in its cache would have cost more without it.</summary>
    public NanoUsd Saved(Deployment deployment, in TokenUsage usage)
        => usage.CacheRead > 0 && Find(deployment, serviceTier: null, Now) is { } row ? row.Saved(usage) : NanoUsd.Zero;

    /// <summary>True once for each deployment and tier: its calls have no price, and somebody has to be told.</summary>
    public bool IsNews(Deployment deployment, string? serviceTier) => _told.Count < MaxTold && _told.TryAdd((deployment.Id, serviceTier), true);

    private ModelQuote Quote(PriceRow? row)
    {
        var quote = new ModelQuote
        {
            IsKnown = true,
            IsUnpriced = row is null,
            Unpriced = _options.Unpriced,
            Ceiling = _ceiling is null ? null : new QuoteBand(0, _ceiling.Bands[0].Input!.Value, _ceiling.Bands[0].Output!.Value),
        };
        return row is null
            ? quote
            : quote with
            {
                InputPerMillion = row.Bands[0].DearestInput ?? 0,
                OutputPerMillion = row.Bands[0].DearestOutput,
                Bands = row.Bands.Count == 1 ? null : [.. row.Bands.Skip(1).Select(band => new QuoteBand(band.AboveInputTokens, band.DearestInput ?? 0, band.DearestOutput))],
            };
    }

    private PriceRow[] RowsOf(Deployment deployment)
        => _rows.TryGetValue(deployment, out var rows)
            ? rows
            : _rows.GetValue(deployment, unknown => _sources.RowsFor(unknown.Id, unknown.Provider, NameOf(unknown), unknown.Region));

    /// <summary>What prices call the model; null where only its provider's own rows can know it.</summary>
    private static PricedModel NameOf(Deployment deployment)
    {
        var model = Target.WithoutKnobs(deployment.Model);
        return deployment.Provider.Adapter?.Type == AzureAdapter.TypeName
            ? new PricedModel(model, AzureSettings.BaseModelOf(deployment.Provider, model))
            : new PricedModel(model, model);
    }
}

/// <param name="Cost">Null where it is not known.</param>
/// <param name="PriceRow">The id of the row that it is by.</param>
internal readonly record struct Rating(NanoUsd? Cost, string? PriceRow)
{
    /// <summary>No price was there for the call as it was made.</summary>
    public bool IsUnpriced { get; init; }
}

/// <param name="Name">As its provider calls it.</param>
/// <param name="BaseName">As its maker calls it: an Azure deployment has any name. Null where nobody has said it.</param>
internal readonly record struct PricedModel(string Name, string? BaseName);
