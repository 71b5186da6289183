using Gateway.Contracts.Routing;
using RoutingService.Prices;
using RoutingService.Routes;
using RoutingService.Strategies;
using RoutingService.Targets;

namespace RoutingService.Dispatching;

/// <summary>Gives a call its next target: among those of a route that could take it and have not had it yet, the one that the strategy says.</summary>
internal sealed class TargetPicker(PriceBook prices, DispatchRequest request, ReadOnlyMemory<byte> body, Random random)
{
    private const int MostTraced = 10;

    [ThreadStatic]
    private static Deployment[]? _candidates;

    private readonly List<(string Deployment, string? Access)> _tried = [];

    /// <summary>A guess of what the call takes; corrected when it has ended.</summary>
    public long Tokens { get; } = ((request.Facts.TextBytes + 3) / 4) + ((request.Facts.MaxOutputTokens ?? 0) * Math.Max(1, request.Facts.Choices));

    /// <summary>Null when no target of the route is left for this call.</summary>
    public TargetPass? Next(ModelRoute route)
    {
        // A race for a last place is lost at most once for each target.
        for (var turn = 0; turn <= route.Deployments.Length; turn++)
        {
            if (Choose(route) is not { } deployment)
            {
                return null;
            }

            if (TakeAccess(deployment, isLastResort: false) is { } pass)
            {
                return pass;
            }
        }

        return null;
    }

    /// <summary>The one whose rest ends first, of those that have not been tried.</summary>
    public TargetPass? LastResort(ModelRoute route)
        => route.Deployments
            .Where(deployment => deployment.Weight > 0 && HasUntried(deployment))
            .Select(deployment => (Deployment: deployment, Standing: Standings.Of(deployment, Tokens, request.Tags)))
            .Where(candidate => candidate.Standing is Standing.Open or Standing.Unhealthy)
            .OrderBy(candidate => Standings.WaitOf(candidate.Deployment, Tokens, candidate.Standing))
            .Select(candidate => TakeAccess(candidate.Deployment, isLastResort: true))
            .FirstOrDefault(pass => pass is not null);

    /// <summary>It has had its turn: all of the deployment, or one of its credentials alone.</summary>
    public void Exclude(TargetPass pass, bool isWholeDeployment) => _tried.Add((pass.Deployment.Id, isWholeDeployment ? null : pass.Access.Id));

    public Standing StandingOf(Deployment deployment) => Standings.Of(deployment, Tokens, request.Tags);

    public IReadOnlyList<CandidateTrace>? Trace(ModelRoute route)
        => route.Deployments.Length is < 2 or > MostTraced
            ? null
            : [.. route.Deployments.Select(Trace)];

    public CandidateTrace Trace(Deployment deployment)
        => new(deployment.Id, deployment.Weight / 1000m, deployment.Priority, StandingOf(deployment).ToString().ToLowerInvariant());

    private Deployment? Choose(ModelRoute route)
    {
        var deployments = route.Deployments;
        if (deployments.Length == 1)
        {
            return IsReady(deployments[0]) ? deployments[0] : null;
        }

        // Borrowed for the moment: nothing here waits.
        var candidates = _candidates;
        if (candidates is null || candidates.Length < deployments.Length)
        {
            _candidates = candidates = new Deployment[Math.Max(16, deployments.Length)];
        }

        var count = 0;
        foreach (var deployment in deployments)
        {
            if (IsReady(deployment))
            {
                candidates[count++] = deployment;
            }
        }

        var chosen = count switch
        {
            0 => -1,
            1 => 0,
            _ => route.Strategy.Choose(candidates.AsSpan(0, count), new Choice(route.Group, prices, body, Tokens)),
        };
        var result = chosen < 0 ? null : candidates[chosen];
        Array.Clear(candidates, 0, count);
        return result;
    }

    private bool IsReady(Deployment deployment)
    {
        if (!HasUntried(deployment))
        {
            return false;
        }

        var standing = StandingOf(deployment);
        if (standing == Standing.Limited)
        {
            deployment.Provider.Service?.Skipped();
        }

        return standing == Standing.Ready;
    }

    private bool HasUntried(Deployment deployment)
    {
        if (_tried.Count == 0)
        {
            return true;
        }

        return !_tried.Contains((deployment.Id, null)) && Array.Exists(deployment.Accesses, access => !_tried.Contains((deployment.Id, access.Id)));
    }

    private TargetPass? TakeAccess(Deployment deployment, bool isLastResort)
    {
        var accesses = deployment.Accesses;
        if (accesses.Length == 1)
        {
            return TargetPass.TryTake(deployment, accesses[0], Tokens, isLastResort);
        }

        var open = accesses.Where(access => !_tried.Contains((deployment.Id, access.Id)) && (isLastResort || access.CanPass)).ToArray();
        if (open.Length == 0)
        {
            return null;
        }

        var turn = deployment.State.Turns.Next<ProviderAccess>(open, static access => access.Id, static access => access.Weight);
        return TargetPass.TryTake(deployment, open[turn >= 0 ? turn : random.Next(open.Length)], Tokens, isLastResort);
    }
}
