using Microsoft.Extensions.Primitives;

namespace Gateway.Simulator.Ledger;

/// <summary>The requests that were received, the newest <paramref name="capacity"/> of them; with 0 nothing is kept.</summary>
internal sealed class RequestLedger(int capacity, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Queue<ReceivedRequest> requests = new();
    private readonly List<(Func<ReceivedRequest, bool> Match, TaskCompletionSource<ReceivedRequest> Found)> waiting = [];
    private long received;

    public bool IsOn => capacity > 0;

    public ReceivedRequest Begin(HttpContext context)
    {
        var request = context.Request;
        lock (gate)
        {
            var entry = new ReceivedRequest
            {
                Number = ++received,
                Method = request.Method,
                Path = request.Path.Value ?? "",
                QueryString = request.QueryString.Value ?? "",
                Headers = new Dictionary<string, StringValues>(request.Headers, StringComparer.OrdinalIgnoreCase),
                ConnectionId = context.Connection.Id,
                Credential = CallerCredential.Of(request),
                StartedAt = time.GetUtcNow(),
            };
            requests.Enqueue(entry);
            if (requests.Count > capacity)
            {
                requests.Dequeue();
            }

            return entry;
        }
    }

    /// <summary>The body has been read: those who wait for such a request go on.</summary>
    public void BodyWasRead(ReceivedRequest entry)
    {
        lock (gate)
        {
            entry.BodyIsRead = true;
            for (var i = waiting.Count - 1; i >= 0; i--)
            {
                if (waiting[i].Match(entry))
                {
                    waiting[i].Found.TrySetResult(entry);
                    waiting.RemoveAt(i);
                }
            }
        }
    }

    public void End(ReceivedRequest entry, bool connectionIsGone) => entry.End(time.GetUtcNow(), connectionIsGone);

    public IReadOnlyList<ReceivedRequest> Snapshot()
    {
        lock (gate)
        {
            return [.. requests];
        }
    }

    public Task<ReceivedRequest> WaitForAsync(Func<ReceivedRequest, bool> match)
    {
        lock (gate)
        {
            if (requests.FirstOrDefault(request => request.BodyIsRead && match(request)) is { } found)
            {
                return Task.FromResult(found);
            }

            var source = new TaskCompletionSource<ReceivedRequest>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((match, source));
            return source.Task;
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            requests.Clear();
            received = 0;
        }
    }
}
