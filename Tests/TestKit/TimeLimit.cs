using Xunit;

namespace Tests.TestKit;

/// <summary>A test that waits for something that never comes ends here. No test asserts how long anything takes.</summary>
public static class TimeLimit
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static CancellationToken Token()
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        source.CancelAfter(Limit);
        return source.Token;
    }

    /// <summary>Asks again and again until there is an answer.</summary>
    public static async Task<T> PollAsync<T>(string what, Func<CancellationToken, Task<T?>> ask)
        where T : class
    {
        var token = Token();
        try
        {
            while (true)
            {
                if (await ask(token) is { } answer)
                {
                    return answer;
                }

                await Task.Delay(Pause, token);
            }
        }
        catch (OperationCanceledException exception) when (token.IsCancellationRequested)
        {
            throw new TimeoutException($"Waited in vain for {what}.", exception);
        }
    }
}
