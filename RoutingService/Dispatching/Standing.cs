using RoutingService.Providers;
using RoutingService.Targets;

namespace RoutingService.Dispatching;

/// <summary>Whether a target may be given a call now, and why not.</summary>
internal enum Standing
{
    Ready,

    /// <summary>Its weight is 0.</summary>
    Drained,

    /// <summary>It lacks a tag that the call asks for.</summary>
    Untagged,

    /// <summary>Its provider failed its check.</summary>
    Unhealthy,

    /// <summary>It, or all of its credentials, rest after failures.</summary>
    Open,

    /// <summary>Its provider asked to be left alone for a while.</summary>
    Resting,

    /// <summary>It has been given what it may be given.</summary>
    Limited,
}

internal static class Standings
{
    public static Standing Of(Deployment deployment, long tokens, IReadOnlyCollection<string>? tags = null)
    {
        if (deployment.Weight == 0)
        {
            return Standing.Drained;
        }

        if (tags is not null && !tags.All(deployment.Tags.Contains))
        {
            return Standing.Untagged;
        }

        if (deployment.Provider.Health.Status == HealthStatus.Unhealthy)
        {
            return Standing.Unhealthy;
        }

        if (!deployment.State.Breaker.CanPass)
        {
            return deployment.State.Breaker.IsPaused ? Standing.Resting : Standing.Open;
        }

        if (!HasAccess(deployment))
        {
            return Array.TrueForAll(deployment.Accesses, access => access.Here.IsPaused) ? Standing.Resting : Standing.Open;
        }

        return deployment.State.Load.HasRoom(deployment.Limits, tokens) && deployment.Provider.Load.HasRoom(deployment.Provider.Limits, tokens)
            ? Standing.Ready
            : Standing.Limited;
    }

    /// <summary>How long until it may be worth to ask again; zero where that does not depend on time.</summary>
    public static TimeSpan WaitOf(Deployment deployment, long tokens, Standing standing) => standing switch
    {
        Standing.Open or Standing.Resting => Longer(
            deployment.State.Breaker.RestLeft, deployment.Accesses.Min(access => Longer(access.Credential.RestLeft, access.Here.RestLeft))),
        Standing.Limited => Longer(
            deployment.State.Load.Wait(deployment.Limits, tokens), deployment.Provider.Load.Wait(deployment.Provider.Limits, tokens)),
        _ => TimeSpan.Zero,
    };

    private static bool HasAccess(Deployment deployment)
    {
        foreach (var access in deployment.Accesses)
        {
            if (access.CanPass)
            {
                return true;
            }
        }

        return false;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
