using System.Text.Json.Serialization;
using Gateway.Contracts;
using RoutingService.Dispatching;
using RoutingService.Snapshots;
using RoutingService.Targets;
using ServiceDefaults.Changes;

namespace RoutingService.Deployments;

/// <param name="State">Null for one that takes no part: it or its provider is switched off.</param>
internal sealed record DeploymentView(
    Guid Id,
    string Name,
    string ModelName,
    string Provider,
    string Model,
    bool Enabled,
    decimal Weight,
    int Priority,
    long? RpmLimit,
    long? TpmLimit,
    int? MaxParallel,
    IReadOnlyList<string> Tags,
    string? Region,
    double? HeadersSeconds,
    double? FirstEventSeconds,
    double? IdleSeconds,
    double? TotalSeconds,
    decimal? InputCostPerMillion,
    decimal? OutputCostPerMillion,
    string? ManagedBy,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    DeploymentStateView? State,
    [property: JsonIgnore] Guid Version) : IVersionedView
{
    public static DeploymentView From(DeploymentRow row, RoutingSnapshot snapshot) => new(
        row.Id,
        row.Name,
        row.ModelName,
        row.Provider,
        row.Model,
        row.Enabled,
        row.WeightThousandths / 1000m,
        row.Priority,
        row.RpmLimit,
        row.TpmLimit,
        row.MaxParallel,
        row.Tags,
        row.Region,
        row.HeadersSeconds,
        row.FirstEventSeconds,
        row.IdleSeconds,
        row.TotalSeconds,
        row.InputPerMillion is { } input ? new NanoUsd(input).ToUsd() : null,
        row.OutputPerMillion is { } output ? new NanoUsd(output).ToUsd() : null,
        row.ManagedBy,
        row.CreatedAt,
        row.UpdatedAt,
        snapshot.Deployments.GetValueOrDefault(row.Name) is { } deployment ? DeploymentStateView.From(deployment) : null,
        row.Version);
}

/// <param name="Health"><c>unknown</c>, <c>healthy</c>, <c>degraded</c>, <c>unhealthy</c> or <c>cooldown</c>.</param>
/// <param name="CacheSavings">What the tokens from the provider's prompt cache would have cost more without it, in dollars.</param>
/// <param name="Reason">Why it rests, or one of its credentials; null while none does.</param>
internal sealed record DeploymentStateView(
    string Health,
    string Breaker,
    string? Reason,
    double CooldownSeconds,
    int ActiveRequests,
    long RequestsInWindow,
    long TokensInWindow,
    long TotalRequests,
    long FailedRequests,
    double? LatencyMs,
    long InputTokens,
    long CachedInputTokens,
    decimal CacheSavings)
{
    public static DeploymentStateView From(Deployment deployment)
    {
        var state = deployment.State;
        var (requests, tokens, _) = state.Load.Read(deployment.Limits);
        var breaker = state.Breaker.State;
        return new DeploymentStateView(
            HealthOf(deployment, breaker),
            breaker switch { BreakerState.Closed => "closed", BreakerState.Open => "open", _ => "half_open" },
            state.Breaker.Reason ?? deployment.Accesses.Select(access => access.Credential.Reason ?? access.Here.Reason).FirstOrDefault(reason => reason is not null),
            Math.Round(Standings.WaitOf(deployment, 0, Standing.Open).TotalSeconds, 3),
            state.Load.Running,
            requests,
            tokens,
            state.Calls,
            state.Failures,
            state.Latency.Milliseconds,
            state.Usage.Input,
            state.Usage.Cached,
            state.Usage.Saved.ToUsd());
    }

    private static string HealthOf(Deployment deployment, BreakerState breaker) => breaker switch
    {
        BreakerState.Open => "cooldown",
        BreakerState.HalfOpen => "degraded",
        _ => deployment.Provider.Health.Status switch
        {
            Providers.HealthStatus.Unhealthy => "unhealthy",
            _ when !Array.Exists(deployment.Accesses, access => access.CanPass) => "cooldown",
            _ when deployment.State.Breaker.IsShaken => "degraded",
            Providers.HealthStatus.Unknown when deployment.State.Calls == 0 => "unknown",
            _ => "healthy",
        },
    };
}
