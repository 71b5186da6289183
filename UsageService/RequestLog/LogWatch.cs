namespace UsageService.RequestLog;

/// <summary>Tells those who wait that records were stored.</summary>
internal sealed class LogWatch
{
    private TaskCompletionSource _next = Create();

    /// <summary>To be taken before one looks at what is there: nothing that comes after is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Notify() => Interlocked.Exchange(ref _next, Create()).SetResult();

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
