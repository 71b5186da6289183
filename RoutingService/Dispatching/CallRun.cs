using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using RoutingService.Providers;
using RoutingService.Routes;
using RoutingService.Services;
using RoutingService.Snapshots;
using RoutingService.Targets;

namespace RoutingService.Dispatching;

/// <summary>
/// One call's way through its targets, until one begins to answer: another target of the same name first, then other names as the route says,
/// and the same target once more only where nothing else is left. Each target has it once; the client's own faults go back at once.
/// </summary>
internal sealed partial class CallRun(
    RoutingSnapshot snapshot,
    DispatchRequest request,
    ReadOnlyMemory<byte> body,
    IReadOnlyList<ModelRoute> routes,
    AutomaticChoice? automatic,
    DispatchSettings settings,
    ModelRoute? entrance = null)
{
    /// <summary>Two providers may have done the work already: a third must not be made to.</summary>
    private const int MaxAmbiguous = 2;

    private readonly TargetPicker _picker = new(snapshot.Prices, request, body, settings.Random);
    private readonly List<AttemptRecord> _records = [];
    private readonly List<UpstreamFailure> _failures = [];
    private readonly List<string> _fallbacks = [];
    private readonly HashSet<ModelRoute> _visited = [routes[0]];
    private readonly CallBounds _bounds = new(routes[0], entrance, settings.Options);
    private readonly long _startedTimestamp = settings.TimeProvider.GetTimestamp();
    private ModelRoute _route = routes[0];
    private int _option;
    private int _ambiguous;
    private int _fallbacksTold;
    private bool _hasRepeated;
    private double _providerMs;
    private IReadOnlyList<CandidateTrace>? _candidates;

    public async Task<Dispatch> RunAsync(CancellationToken cancellationToken)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Dispatch? dispatch = null;
        try
        {
            deadline.CancelAfter(_bounds.Deadline);
            dispatch = await TryTargetsAsync(deadline, cancellationToken);
            return dispatch;
        }
        finally
        {
            // An answer goes on under it.
            if (dispatch is not ProviderDispatch)
            {
                deadline.Dispose();
            }
        }
    }

    private async Task<Dispatch> TryTargetsAsync(CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        _candidates = _picker.Trace(_route);
        var pass = NextTarget();
        while (pass is not null)
        {
            var attempt = new Attempt(pass, snapshot.Prices, settings, _records.Count + 1, NextReason());
            attempt.Start(request, body);
            try
            {
                var answer = await SendAsync(pass, deadline.Token);
                deadline.CancelAfter(Timeout.InfiniteTimeSpan);
                pass.Succeeded(attempt.ElapsedMs);
                return new ProviderDispatch(answer, attempt, this, request.WatchOutput, deadline);
            }
            catch (GatewayErrorException exception)
            {
                Failed(attempt, UpstreamFailure.Of(exception));
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return Left(attempt);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                Failed(attempt, UpstreamErrors.Timeout(pass.Deployment.Provider.Name, UpstreamPhase.Headers) with
                {
                    IsAmbiguous = true,
                    MayHaveCost = true,
                });
            }
            catch (Exception exception)
            {
                attempt.Abandon(exception);
                pass.Dispose();
                throw;
            }

            try
            {
                var failed = pass;
                pass = deadline.IsCancellationRequested ? null : await AfterAsync(failed, deadline.Token);
                if (pass is not null && pass.Deployment.Provider.Service != failed.Deployment.Provider.Service)
                {
                    failed.Deployment.Provider.Service?.FailedOver();
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return Refuse(GatewayError.ClientLeft());
            }
            catch (OperationCanceledException)
            {
                pass = null;
            }
        }

        return Refuse(Told());
    }

    /// <summary>What the attempts before the one that answers were.</summary>
    public IReadOnlyList<AttemptRecord> Records => _records;

    public double ProviderMs => _providerMs;

    public bool IsFallback => _fallbacks.Count > 0;

    public AutomaticChoice? Automatic => automatic;

    /// <summary>The answer, with what it is to tell of its way.</summary>
    public ReadOnlyMemory<byte> Tell(ReadOnlyMemory<byte> answer, Attempt attempt, double milliseconds)
        => RouterExtension.Tell(automatic is null ? answer : automatic.Tell(answer), request, attempt, milliseconds);

    public RouteTrace Trace => new()
    {
        Route = routes[0].Name,
        RoutingType = routes[0].RoutingType,
        Automatic = automatic?.Trace,
        Strategy = routes[0].Deployments.Length > 1 ? routes[0].Strategy.Name : null,
        Candidates = _candidates,
        Fallbacks = _fallbacks.Count > 0 ? _fallbacks : null,
    };

    private async Task<ProviderAnswer> SendAsync(TargetPass pass, CancellationToken cancellationToken)
    {
        var adapter = pass.Access.Provider.Adapter;
        var call = new ProviderCall(request, body, new Target(pass.Access.Provider, pass.Deployment.Model)) { Timeouts = pass.Deployment.Timeouts };
        if (!adapter.Serves(request.Operation))
        {
            var operation = request.Operation == CallOperation.Embeddings ? "embeddings" : "completions of plain text";
            throw new GatewayErrorException(GatewayError.BadRequest(
                "unsupported_operation", $"Provider '{pass.Access.Provider.Name}' ({adapter.Type}) has no {operation}.", "model"));
        }

        return request.Operation == CallOperation.CountTokens && !adapter.CountsTokens
            ? TokenCountAnswer.Estimate(call)
            : await adapter.SendAsync(call, cancellationToken);
    }

    private void Failed(Attempt attempt, UpstreamFailure failure)
    {
        var pass = attempt.Pass;
        var isStale = failure.ReusedConnection && !_hasRepeated;
        _failures.Add(failure);
        AttemptFailed(
            settings.Logger, request.CallId, attempt.Number, pass.Deployment.Provider.Name, failure.Error.Code, failure.Phase, failure.Status, failure.Detail, attempt.ElapsedMs);
        _ambiguous += failure.IsAmbiguous && !isStale ? 1 : 0;
        _records.Add(attempt.Fail(failure));
        _providerMs += attempt.ElapsedMs;
        pass.Failed(failure, settings.Breaker, TimeSpan.FromSeconds(settings.Options.RateLimitRestSeconds), isStale);

        // Another credential does not mend its host.
        _picker.Exclude(pass, isWholeDeployment: failure.Blame is not (UpstreamBlame.RateLimited or UpstreamBlame.Quota or UpstreamBlame.CredentialFault)
            && !(failure.Blame == UpstreamBlame.ModelMissing && failure.Status == 403));
        pass.Tokens = 0;
        pass.Dispose();
    }

    /// <summary>The next target after a failure, perhaps after a wait; null where there is none, or the failure is to be told.</summary>
    private async ValueTask<TargetPass?> AfterAsync(TargetPass failed, CancellationToken cancellationToken)
    {
        var failure = _failures[^1];
        if (_records.Count >= _bounds.MaxAttempts || _ambiguous >= MaxAmbiguous)
        {
            return null;
        }

        switch (failure.Blame)
        {
            case UpstreamBlame.ClientFault when failure.Phase != UpstreamPhase.Prepare:
                return null;
            case UpstreamBlame.ClientFault:
                // This provider cannot be given it; one of the same name may.
                return Budgeted(_route);
            case UpstreamBlame.ContextWindow or UpstreamBlame.ContentPolicy:
                return NextFallback(KindOf(failure));
            case UpstreamBlame.Conflict:
                return _hasRepeated ? null : await RepeatAsync(failed, TimeSpan.FromMilliseconds(500), cancellationToken);
            case var _ when failure.ReusedConnection && !_hasRepeated:
                return await RepeatAsync(failed, TimeSpan.Zero, cancellationToken) ?? NextTarget();
        }

        return NextTarget() ?? (Backoff(failure) is { } wait ? await RepeatAsync(failed, wait, cancellationToken) : null);
    }

    private TargetPass? NextTarget()
    {
        while (true)
        {
            if (Budgeted(_route) is { } pass)
            {
                return pass;
            }

            if (++_option < routes.Count)
            {
                _route = routes[_option];
                _visited.Add(_route);
                continue;
            }

            return NextFallback(_failures.Count > 0 ? KindOf(_failures[^1]) : NoTarget.KindOf(routes, _picker))
                ?? (_bounds.HasLastResort && _failures.Count == 0 ? _picker.LastResort(routes[0]) : null);
        }
    }

    private TargetPass? NextFallback(FallbackKind kind)
    {
        foreach (var model in _bounds.Fallbacks(kind))
        {
            if (_fallbacks.Count >= _bounds.MaxFallbacks)
            {
                return null;
            }

            if (snapshot.Resolve(model) is { } route && _visited.Add(route) && Budgeted(route) is { } pass)
            {
                _route = route;
                _fallbacks.Add(model);
                AttemptMetrics.TurnedTo(kind);
                return pass;
            }
        }

        return null;
    }

    /// <summary>Later attempts are a tenth of what a target is given at most.</summary>
    private TargetPass? Budgeted(ModelRoute route)
    {
        while (_picker.Next(route) is { } pass)
        {
            if (_records.Count == 0)
            {
                pass.Deployment.State.Retries.Called();
                return pass;
            }

            if (pass.Deployment.State.Retries.TryRetry())
            {
                return pass;
            }

            _picker.Exclude(pass, isWholeDeployment: true);
            pass.Dispose();
        }

        return null;
    }

    /// <summary>How long to wait before the same target is asked again; null where it must not be.</summary>
    private TimeSpan? Backoff(UpstreamFailure failure)
    {
        if (failure.IsAmbiguous || failure.Status is null or 504 or 529
            || failure.Blame is not (UpstreamBlame.TargetFault or UpstreamBlame.Timeout or UpstreamBlame.Overloaded or UpstreamBlame.RateLimited))
        {
            return null;
        }

        var most = TimeSpan.FromSeconds(settings.Options.MaxBackoffSeconds);
        if ((failure.RetryAfter ?? (failure.Blame == UpstreamBlame.RateLimited ? TimeSpan.FromSeconds(settings.Options.RateLimitRestSeconds) : null)) is { } asked)
        {
            // A little more, or it would find the target still at rest.
            return asked <= most ? asked + TimeSpan.FromMilliseconds(5) : null;
        }

        var ceiling = TimeSpan.FromMilliseconds(settings.Options.BackoffMilliseconds) * Math.Pow(2, _records.Count - 1);
        return (ceiling < most ? ceiling : most) * settings.Random.NextDouble();
    }

    private async ValueTask<TargetPass?> RepeatAsync(TargetPass failed, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (wait >= _bounds.Deadline - settings.TimeProvider.GetElapsedTime(_startedTimestamp))
        {
            // The failure is told now: nothing could come of waiting.
            return null;
        }

        _hasRepeated = true;
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, settings.TimeProvider, cancellationToken);
        }

        return failed.Deployment.State.Retries.TryRetry() ? TargetPass.TryTake(failed.Deployment, failed.Access, _picker.Tokens) : null;
    }

    private static FallbackKind KindOf(UpstreamFailure failure) => failure.Blame switch
    {
        UpstreamBlame.ContextWindow => FallbackKind.ContextWindow,
        UpstreamBlame.ContentPolicy => FallbackKind.ContentPolicy,
        UpstreamBlame.RateLimited or UpstreamBlame.Quota => FallbackKind.RateLimit,
        _ => FallbackKind.General,
    };

    private string NextReason()
    {
        if (_fallbacks.Count > _fallbacksTold)
        {
            _fallbacksTold = _fallbacks.Count;
            return "fallback";
        }

        return _records.Count == 0 ? "first" : "retry";
    }

    /// <summary>The last failure that says more than "not now"; when all were asked to come later, the soonest.</summary>
    private UpstreamFailure Worst()
        => _failures.FindLast(failure => failure.Blame != UpstreamBlame.RateLimited) ?? _failures.MinBy(failure => failure.RetryAfter ?? TimeSpan.MaxValue)!;

    private GatewayError Told()
    {
        var areServices = ServiceErrors.AreAsked(routes) && !IsFallback;
        if (_failures.Count == 0)
        {
            var none = NoTarget.For(routes, _picker, request);
            return areServices ? ServiceErrors.OfNone(none) : none;
        }

        return areServices ? ServiceErrors.Of(Worst()) : Worst().Error;
    }

    private RefusedDispatch Left(Attempt attempt)
    {
        var record = attempt.Fail(new UpstreamFailure(GatewayError.ClientLeft(), UpstreamBlame.ClientFault, UpstreamPhase.Headers));
        attempt.Pass.Tokens = 0;
        attempt.Pass.Dispose();
        _records.Add(record);
        _providerMs += attempt.ElapsedMs;
        return Refuse(GatewayError.ClientLeft());
    }

    private RefusedDispatch Refuse(GatewayError error) => new(
        new DispatchHead
        {
            Error = error,
            Provider = _records.Count > 0 ? _records[^1].Provider : null,
            UpstreamModel = _records.Count > 0 ? _records[^1].UpstreamModel : null,
            Automatic = automatic?.Trace,
            Attempts = _records.Count,
            IsFallback = IsFallback,
            ProviderMs = _providerMs,
        },
        Trace,
        _records);

    /// <summary>No model: its name may be the client's own, of any length.</summary>
    [LoggerMessage(
        LogLevel.Warning,
        EventName = "gen_ai.client.operation.exception",
        Message = "Attempt {Number} of call {CallId} at provider {Provider} failed: {Code} in phase {Phase}, status {Status}, {Detail}, after {Milliseconds} ms.")]
    private static partial void AttemptFailed(
        ILogger logger, Guid callId, int number, string provider, string code, UpstreamPhase phase, int? status, string? detail, double milliseconds);
}
