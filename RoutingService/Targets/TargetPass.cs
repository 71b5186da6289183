using RoutingService.Providers;

namespace RoutingService.Targets;

/// <summary>
/// One call's place at a deployment: through the breakers of deployment, credential and the two together, and under all limits, or not at
/// all. It is given back once, whatever becomes of the call; what the call says of the target is told before.
/// </summary>
internal sealed class TargetPass : IDisposable
{
    private readonly Deployment _deployment;
    private readonly ProviderAccess _access;
    private readonly (bool Deployment, bool Credential, bool Here) _probes;
    private readonly LoadTicket _ticket;
    private readonly LoadTicket _providerTicket;
    private bool _isTold;
    private double _endedFailures;
    private int _isLeft;

    private TargetPass(
        Deployment deployment, ProviderAccess access, (bool Deployment, bool Credential, bool Here) probes, LoadTicket ticket, LoadTicket providerTicket)
        => (_deployment, _access, _probes, _ticket, _providerTicket) = (deployment, access, probes, ticket, providerTicket);

    public Deployment Deployment => _deployment;

    public ProviderAccess Access => _access;

    /// <summary>What the call used: an estimate until its end.</summary>
    public long Tokens { get; set; }

    /// <param name="isLastResort">Breakers do not count: there is nobody better.</param>
    public static TargetPass? TryTake(Deployment deployment, ProviderAccess access, long tokens, bool isLastResort = false)
    {
        var (breaker, provider) = (deployment.State.Breaker, deployment.Provider);
        if (!breaker.TryPass(out var isDeploymentProbe) && !isLastResort)
        {
            return null;
        }

        if (!access.Credential.TryPass(out var isCredentialProbe) && !isLastResort)
        {
            breaker.Left(isDeploymentProbe);
            return null;
        }

        if (!access.Here.TryPass(out var isHereProbe) && !isLastResort)
        {
            breaker.Left(isDeploymentProbe);
            access.Credential.Left(isCredentialProbe);
            return null;
        }

        if (deployment.State.Load.TryEnter(deployment.Limits, tokens, out var ticket))
        {
            if (provider.Load.TryEnter(provider.Limits, tokens, out var providerTicket))
            {
                deployment.State.Called();
                provider.Service?.Called();
                return new TargetPass(
                    deployment, access, (isDeploymentProbe, isCredentialProbe, isHereProbe), ticket, providerTicket)
                {
                    Tokens = tokens,
                };
            }

            deployment.State.Load.Cancel(ticket);
        }

        breaker.Left(isDeploymentProbe);
        access.Credential.Left(isCredentialProbe);
        access.Here.Left(isHereProbe);
        return null;
    }

    /// <summary>An answer has begun.</summary>
    public void Succeeded(double milliseconds)
    {
        _isTold = true;
        _endedFailures = _deployment.State.Breaker.Succeeded(_probes.Deployment);
        _access.Credential.Succeeded(_probes.Credential);
        _access.Here.Succeeded(_probes.Here);
        _deployment.State.Latency.Add(milliseconds);
    }

    /// <summary>An answer that had begun broke off.</summary>
    public void Broke(string reason)
    {
        _deployment.State.Failed();
        _deployment.Provider.Service?.Failed();
        _deployment.State.Breaker.Broke(_probes.Deployment, _endedFailures, reason);
    }

    /// <param name="isExcused">The connection had only been closed meanwhile: nobody's fault.</param>
    public void Failed(UpstreamFailure failure, BreakerOptions options, TimeSpan rateLimitRest, bool isExcused)
    {
        _isTold = true;
        var (here, credential, deployment) = (_access.Here, _access.Credential, _deployment.State.Breaker);
        var reason = failure.Error.Code;
        var blamed = isExcused ? null : Blame(failure);
        if (blamed is not null)
        {
            _deployment.State.Failed();
            _deployment.Provider.Service?.Failed();
        }

        Tell(deployment, _probes.Deployment);
        Tell(credential, _probes.Credential);
        Tell(here, _probes.Here);

        void Tell(Breaker breaker, bool isProbe)
        {
            if (breaker != blamed)
            {
                breaker.Left(isProbe);
                return;
            }

            switch (failure.Blame)
            {
                case UpstreamBlame.RateLimited:
                    breaker.Pause(isProbe, failure.RetryAfter ?? rateLimitRest, reason);
                    break;
                case UpstreamBlame.Overloaded when failure is { Status: 503, RetryAfter: { } rest }:
                    breaker.Pause(isProbe, rest, reason);
                    break;
                case UpstreamBlame.Overloaded:
                    breaker.Failed(isProbe, reason, weight: 0.5);
                    break;
                case UpstreamBlame.Quota:
                    breaker.Rest(isProbe, options.QuotaRest, reason);
                    break;
                case UpstreamBlame.CredentialFault or UpstreamBlame.ModelMissing:
                    breaker.Rest(isProbe, TimeSpan.Zero, reason);
                    break;
                default:
                    breaker.Failed(isProbe, reason);
                    break;
            }
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isLeft, 1) != 0)
        {
            return;
        }

        if (!_isTold)
        {
            _deployment.State.Breaker.Left(_probes.Deployment);
            _access.Credential.Left(_probes.Credential);
            _access.Here.Left(_probes.Here);
        }

        _deployment.State.Load.Leave(_ticket, Tokens);
        _deployment.Provider.Load.Leave(_providerTicket, Tokens);
    }

    /// <summary>Whose breaker a failure is for; null where nobody but the client is to blame.</summary>
    private Breaker? Blame(UpstreamFailure failure) => failure switch
    {
        // Nothing was sent: it says nothing of the provider.
        { Phase: UpstreamPhase.Prepare, Blame: not (UpstreamBlame.CredentialFault or UpstreamBlame.TargetFault) } => null,
        { Blame: UpstreamBlame.TargetFault or UpstreamBlame.Timeout or UpstreamBlame.Overloaded } => _deployment.State.Breaker,
        { Blame: UpstreamBlame.ModelMissing, Status: 404 } => _deployment.State.Breaker,
        { Blame: UpstreamBlame.ModelMissing or UpstreamBlame.RateLimited } or { Blame: UpstreamBlame.CredentialFault, Status: 403 } => _access.Here,
        { Blame: UpstreamBlame.Quota or UpstreamBlame.CredentialFault } => _access.Credential,
        _ => null,
    };
}
