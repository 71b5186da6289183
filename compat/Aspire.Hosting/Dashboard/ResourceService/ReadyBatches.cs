using System.Runtime.CompilerServices;

namespace Aspire.Hosting.Dashboard.ResourceService;

internal static class ReadyBatches
{
    private const int LargestBatch = 500;

    /// <summary>
    /// Groups what a sequence yields without waiting. The first batch is what was there at the start, and may be empty;
    /// each later one holds everything that has come since, so a client that falls behind gets fewer, larger messages.
    /// </summary>
    public static async IAsyncEnumerable<IReadOnlyList<T>> InReadyBatches<T>(
        this IAsyncEnumerable<T> source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var items = source.GetAsyncEnumerator(leaving.Token);
        var next = items.MoveNextAsync().AsTask();
        try
        {
            do
            {
                var batch = new List<T>();
                while (next.IsCompletedSuccessfully && await next && batch.Count < LargestBatch)
                {
                    batch.Add(items.Current);
                    next = items.MoveNextAsync().AsTask();
                }

                yield return batch;
            }
            while (await next);
        }
        finally
        {
            // An iterator cannot be disposed of while it looks for its next item.
            await leaving.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await items.DisposeAsync();
        }
    }
}
