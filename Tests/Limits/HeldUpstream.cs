using Gateway.Simulator.Scripts;
using Tests.Compat;
using Tests.TestKit;

namespace Tests.Limits;

/// <summary>
/// A simulator whose delays end when the test says so: calls are under way for as long as the test wants them to be, however slow the
/// machine is.
/// </summary>
public sealed class HeldUpstream : UpstreamSimulator
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly ManualClock _clock = new();

    protected override TimeProvider Time => _clock;

    /// <summary>An answer that does not begin before its release.</summary>
    public static Answer Hold(Answer answer) => answer with { DelayBeforeHeadersMs = (int)Delay.TotalMilliseconds };

    /// <summary>A stream that stays behind its first event until its release.</summary>
    public static Answer HoldInMiddle(Answer answer) => answer with { DelayBetweenChunksMs = (int)Delay.TotalMilliseconds };

    /// <summary>Lets everything go on that is held, until <paramref name="calls"/> are over.</summary>
    public async Task<T> ReleaseUntilAsync<T>(Task<T> calls)
    {
        while (!calls.IsCompleted)
        {
            _clock.Advance(Delay);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeLimit.Token());
        }

        return await calls;
    }
}
