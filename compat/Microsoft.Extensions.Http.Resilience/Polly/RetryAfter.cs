namespace Microsoft.Extensions.Http.Resilience;

internal static class RetryAfter
{
    /// <summary>The wait that the server asked for, or null for the strategy's own.</summary>
    public static TimeSpan? Read(HttpResponseMessage? response)
    {
        var wait = response?.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            // A date on the server's wall clock can only be compared with ours.
            { Date: { } date } => date - TimeProvider.System.GetUtcNow(),
            _ => (TimeSpan?)null,
        };

        return wait >= TimeSpan.Zero ? wait : null;
    }
}
