namespace Gateway.Simulator.Sending;

internal static class TimeProviderDelay
{
    /// <summary>Waits on this clock; a pause of nothing is no pause.</summary>
    public static Task Delay(this TimeProvider time, TimeSpan pause, CancellationToken cancellationToken)
        => pause == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(pause, time, cancellationToken);
}
