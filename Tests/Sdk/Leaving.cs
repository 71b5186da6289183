using Shouldly;
using Tests.TestKit;

namespace Tests.Sdk;

/// <summary>A client that goes away in the middle of a stream. One that just stops reading is kept for two seconds by .NET, which hopes for the rest.</summary>
internal static class Leaving
{
    public static async Task DuringAsync(Func<Func<Task>, CancellationToken, Task> read)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TimeLimit.Token());
        await Should.ThrowAsync<OperationCanceledException>(() => read(leaving.CancelAsync, leaving.Token));
    }
}
