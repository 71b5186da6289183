using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Microsoft.Extensions.Options;
using RoutingService.Prices;
using RoutingService.Providers;
using RoutingService.Snapshots;
using RoutingService.Targets;

namespace RoutingService.Health;

/// <summary>
/// Asks a provider for one token, which is paid for: only where that is switched on, the model has a price, and what may be spent in a day is
/// not used up. What a probe may cost is taken before it, and what it did not cost is given back.
/// </summary>
internal sealed class ActiveProbes(RoutingTable table, IOptions<HealthOptions> options, TimeProvider timeProvider)
{
    private const long MostInput = 16;

    /// <summary>Some take no smaller cap.</summary>
    private const long MostOutput = 16;

    private const string Before = "{\"model\":";
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(Before + "\"probe\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"ping\"}]}");

    private readonly Lock _lock = new();
    private DateOnly _day;
    private decimal _spent;

    /// <summary>Dollars of today.</summary>
    public decimal Spent
    {
        get
        {
            lock (_lock)
            {
                return _day == Today ? _spent : 0;
            }
        }
    }

    private DateOnly Today => DateOnly.FromDateTime(timeProvider.GetUtcNow().UtcDateTime);

    /// <summary>Null where it may not be asked.</summary>
    public async Task<ProviderProbe?> TryAsync(ProviderEntry provider, CancellationToken cancellationToken)
    {
        var snapshot = table.Current;
        if (!options.Value.ActiveProbes || Cheapest(snapshot, provider.Target.Name) is not var (deployment, most) || !TryReserve(most))
        {
            return null;
        }

        var cost = most;
        try
        {
            var (probe, isBilled, actual) = await AskAsync(deployment, snapshot.Prices, cancellationToken);
            cost = isBilled ? actual ?? most : 0;
            return probe;
        }
        finally
        {
            lock (_lock)
            {
                _spent = Math.Max(0, _spent + cost - most);
            }
        }
    }

    private async Task<(ProviderProbe Probe, bool IsBilled, decimal? Cost)> AskAsync(Deployment deployment, PriceBook prices, CancellationToken cancellationToken)
    {
        var provider = deployment.Provider;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(options.Value.TimeoutSeconds));
        try
        {
            await using var answer = await provider.Adapter.SendAsync(
                new ProviderCall(Request(), Body, new Target(provider, deployment.Model)), patience.Token);
            var (usage, source) = answer.Usage;
            return (new ProviderProbe(ProbeOutcome.Well), true, source == UsageSource.Provider ? prices.Cost(deployment, usage)?.ToUsd() : null);
        }
        catch (GatewayErrorException exception)
        {
            var failure = UpstreamFailure.Of(exception);
            var outcome = failure switch
            {
                { Blame: UpstreamBlame.CredentialFault, Status: null or StatusCodes.Status401Unauthorized } => ProbeOutcome.Refused,
                { Blame: UpstreamBlame.TargetFault or UpstreamBlame.Timeout } => ProbeOutcome.Failed,
                _ => ProbeOutcome.Well,
            };
            var error = outcome == ProbeOutcome.Well ? null
                : failure.Status is { } status ? $"Provider '{provider.Name}' answered with status {status}."
                : failure.Error.Message;
            return (new ProviderProbe(outcome, error) { Status = failure.Status }, failure.MayHaveCost, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (new ProviderProbe(ProbeOutcome.Failed, UpstreamErrors.Timeout(provider.Name, UpstreamPhase.Headers).Error.Message), true, null);
        }
    }

    private static (Deployment Deployment, decimal Most)? Cheapest(RoutingSnapshot snapshot, string provider)
    {
        (Deployment, decimal Most)? cheapest = null;
        foreach (var deployment in snapshot.Targets.Where(deployment => deployment.Provider.Name == provider))
        {
            // Without a price nobody knows what it would cost.
            if (snapshot.Prices.Quote(deployment) is { IsUnpriced: false } quote
                && (((decimal)quote.InputPerMillion * MostInput) + ((decimal)quote.OutputPerMillion * MostOutput)) / 1_000_000m / NanoUsd.PerUsd is var most
                && (cheapest is null || most < cheapest.Value.Most))
            {
                cheapest = (deployment, most);
            }
        }

        return cheapest;
    }

    private static DispatchRequest Request() => new()
    {
        CallId = Guid.CreateVersion7(),
        KeyId = Guid.Empty,
        Format = ClientFormat.Chat,
        Facts = new RequestFacts { Model = "probe", MaxOutputTokens = 1, ModelValue = new ByteRange(Before.Length, "\"probe\"".Length) },
        BodyLength = Body.Length,
    };

    private bool TryReserve(decimal most)
    {
        lock (_lock)
        {
            if (_day != Today)
            {
                (_day, _spent) = (Today, 0);
            }

            if (_spent + most > options.Value.MaxProbeUsdPerDay)
            {
                return false;
            }

            _spent += most;
            return true;
        }
    }
}
