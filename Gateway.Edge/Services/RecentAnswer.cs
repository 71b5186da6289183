namespace Gateway.Edge.Services;

/// <summary>What another service said last, asked again when it is older than a second. Those who want it at once wait for one question.</summary>
internal sealed class RecentAnswer<T>(Func<Task<T>> ask, TimeProvider timeProvider)
    where T : class
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<T>? _answer;
    private long _askedAt;

    public ValueTask<T> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_answer is not { IsFaulted: false } || timeProvider.GetElapsedTime(_askedAt) >= Age)
            {
                _askedAt = timeProvider.GetTimestamp();

                // It belongs to no single call, so none of them can cancel it.
                _answer = Task.Run(ask, CancellationToken.None);
            }

            return _answer.IsCompletedSuccessfully ? new ValueTask<T>(_answer) : new ValueTask<T>(_answer.WaitAsync(cancellationToken));
        }
    }
}
