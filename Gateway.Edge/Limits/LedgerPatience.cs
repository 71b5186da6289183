using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Edge.Services;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Limits;

/// <summary>
/// How long to wait for the ledger: as long as it answers anybody. Once it has been silent for <see cref="LedgerClientOptions.Patience"/> it is away, until an answer comes
/// in time again. So a burst waits its turn, and a ledger that hangs holds nobody up.
/// </summary>
internal sealed class LedgerPatience(IOptions<LedgerClientOptions> options, TimeProvider timeProvider)
{
    private readonly TimeSpan _limit = options.Value.Patience;

    private long _answeredTimestamp;
    private long _probedTimestamp;
    private volatile bool _hasAnswered;
    private volatile bool _isSilent;

    public bool IsSilent => _isSilent;

    /// <summary>The answer, or a <see cref="GatewayErrorException"/> that says that none comes.</summary>
    public async Task<Admission> WaitAsync(Task<Admission> admission)
    {
        var askedTimestamp = timeProvider.GetTimestamp();
        while (!admission.IsCompleted)
        {
            try
            {
                await admission.WaitAsync(_limit, timeProvider);
            }
            catch (TimeoutException exception)
            {
                // The first answer of all takes its time: nothing is warm yet.
                if (!admission.IsCompleted && _hasAnswered && timeProvider.GetElapsedTime(Interlocked.Read(ref _answeredTimestamp)) >= _limit)
                {
                    _isSilent = true;
                    throw new GatewayErrorException(GatewayError.Unavailable("A part of the gateway does not answer in time (keyservice)."), exception);
                }
            }
        }

        var answer = await admission;
        Interlocked.Exchange(ref _answeredTimestamp, timeProvider.GetTimestamp());
        _hasAnswered = true;
        _isSilent = _isSilent && timeProvider.GetElapsedTime(askedTimestamp) >= _limit;
        return answer;
    }

    /// <summary>True once in a while: somebody has to ask a silent ledger, or nobody would hear of its return.</summary>
    public bool ShouldProbe()
    {
        var probed = Interlocked.Read(ref _probedTimestamp);
        return timeProvider.GetElapsedTime(probed) >= _limit
            && Interlocked.CompareExchange(ref _probedTimestamp, timeProvider.GetTimestamp(), probed) == probed;
    }
}
