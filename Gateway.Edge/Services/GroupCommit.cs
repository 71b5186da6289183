namespace Gateway.Edge.Services;

/// <summary>
/// Sends what many callers ask at once in few messages: while one message is on its way, later requests queue, and leave together when
/// it has come back. A lone request leaves at once, and each does where a message holds but one.
/// </summary>
/// <param name="send">Answers in the order of the requests; its failure is the failure of each of them.</param>
internal sealed class GroupCommit<TRequest, TResult>(
    Func<IReadOnlyList<TRequest>, Task<IReadOnlyList<TResult>>> send, int maxBatch)
{
    private readonly Lock _lock = new();
    private List<Waiting> _waiting = [];
    private bool _isSending;

    public Task<TResult> SendAsync(TRequest request)
    {
        if (maxBatch == 1)
        {
            return SendAloneAsync(request);
        }

        var waiting = new Waiting(request, new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            _waiting.Add(waiting);
            if (_isSending)
            {
                return waiting.Result.Task;
            }

            _isSending = true;
        }

        _ = SendAllAsync();
        return waiting.Result.Task;
    }

    private async Task<TResult> SendAloneAsync(TRequest request)
        => await send([request]) is [var result] ? result : throw new InvalidDataException("One request has one answer.");

    private async Task SendAllAsync()
    {
        while (TakeBatch() is { } batch)
        {
            try
            {
                var results = await send(batch.ConvertAll(waiting => waiting.Request));
                if (results.Count != batch.Count)
                {
                    throw new InvalidDataException($"{results.Count} answers came to {batch.Count} requests.");
                }

                for (var i = 0; i < batch.Count; i++)
                {
                    batch[i].Result.SetResult(results[i]);
                }
            }
            catch (Exception exception)
            {
                foreach (var waiting in batch)
                {
                    waiting.Result.TrySetException(exception);
                }
            }
        }
    }

    /// <summary>Null, and sending is over, when nothing waits.</summary>
    private List<Waiting>? TakeBatch()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _isSending = false;
                return null;
            }

            if (_waiting.Count <= maxBatch)
            {
                (var all, _waiting) = (_waiting, []);
                return all;
            }

            var batch = _waiting.GetRange(0, maxBatch);
            _waiting.RemoveRange(0, maxBatch);
            return batch;
        }
    }

    private sealed record Waiting(TRequest Request, TaskCompletionSource<TResult> Result);
}
