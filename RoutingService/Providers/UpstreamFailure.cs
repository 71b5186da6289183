using Gateway.Contracts.Errors;

namespace RoutingService.Providers;

/// <summary>Why an attempt failed, as far as it matters for what is tried next; <see cref="Error"/> is what the client is told.</summary>
/// <param name="Phase">How far the exchange had come.</param>
internal sealed record UpstreamFailure(GatewayError Error, UpstreamBlame Blame, UpstreamPhase Phase)
{
    /// <summary>The status that was received; null when none was.</summary>
    public int? Status => Error.UpstreamStatus;

    /// <summary>When the provider wants to be asked again, at most 10 minutes; null when it does not say, or says nonsense.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The whole request was sent and no status came back: the provider may have done the work, and bill it.</summary>
    public bool IsAmbiguous { get; init; }

    /// <summary>The provider may bill the attempt: it is ambiguous, or the provider failed while it was at work.</summary>
    public bool MayHaveCost { get; init; }

    /// <summary>
    /// The connection had served before and was gone before any byte of an answer: no sign of a sick provider, and the same target may be tried
    /// once more at once.
    /// </summary>
    public bool ReusedConnection { get; init; }

    /// <summary>A word or two for logs: which of the things that end in the same error it was.</summary>
    public string? Detail { get; init; }

    /// <summary>The failure of an answer that had begun with a status; what was asked for may have been done.</summary>
    public UpstreamFailure WithStatus(int status) => this with { Error = Error with { UpstreamStatus = status }, MayHaveCost = true };

    /// <summary>What every failed attempt throws has one; a refusal that never reached a provider gets it here.</summary>
    public static UpstreamFailure Of(GatewayErrorException exception)
        => exception is UpstreamException upstream ? upstream.Failure : OfRefusal(exception.Error);

    private static UpstreamFailure OfRefusal(GatewayError error) => new(
        error,
        error.Kind switch
        {
            GatewayErrorKind.NotFound => UpstreamBlame.ModelMissing,
            GatewayErrorKind.UpstreamFailed when error.Code == UpstreamErrors.AuthCode => UpstreamBlame.CredentialFault,
            GatewayErrorKind.BadRequest or GatewayErrorKind.UpstreamRejected or GatewayErrorKind.RequestTooLarge or GatewayErrorKind.NotAllowed
                => UpstreamBlame.ClientFault,
            _ => UpstreamBlame.TargetFault,
        },
        UpstreamPhase.Prepare);
}

/// <summary>An attempt failed before anything of its answer could be used.</summary>
internal sealed class UpstreamException : GatewayErrorException
{
    public UpstreamException(UpstreamFailure failure)
        : base(failure.Error)
        => Failure = failure;

    public UpstreamException(UpstreamFailure failure, Exception innerException)
        : base(failure.Error, innerException)
        => Failure = failure;

    public UpstreamFailure Failure { get; }
}

/// <summary>Whose fault it is, which decides who is tried next and who rests.</summary>
internal enum UpstreamBlame
{
    /// <summary>The provider is broken: 5xx, no connection, no HTTP, no JSON.</summary>
    TargetFault,

    /// <summary>It took too long.</summary>
    Timeout,

    /// <summary>529, or 503 with a time to come back.</summary>
    Overloaded,

    /// <summary>429: the target rests.</summary>
    RateLimited,

    /// <summary>The account has no credit left: its credential rests, since waiting does not heal it.</summary>
    Quota,

    /// <summary>401 or 403: the credential is bad, its host is not.</summary>
    CredentialFault,

    /// <summary>The provider does not have the model, or not for this account.</summary>
    ModelMissing,

    /// <summary>409: once more on the same target, after half a second.</summary>
    Conflict,

    /// <summary>The request is wrong wherever it is sent, or cannot be given to this provider (<see cref="UpstreamPhase.Prepare"/>).</summary>
    ClientFault,

    /// <summary>The request is longer than the model can take.</summary>
    ContextWindow,

    /// <summary>The provider will not answer this prompt.</summary>
    ContentPolicy,
}

/// <summary>The stages of an exchange, in their order.</summary>
internal enum UpstreamPhase
{
    /// <summary>Nothing was sent: the request cannot be put into the provider's words, or there is no token for it.</summary>
    Prepare,
    Dns,
    Connect,
    Tls,
    Send,
    Headers,
    FirstEvent,
    Body,
}
