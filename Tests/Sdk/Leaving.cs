using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;

namespace Tests.Sdk;

/// <summary>Clients that go away in the middle of a stream: all at once, because .NET keeps a connection that is not read to its end for two seconds.</summary>
internal static class Leaving
{
    /// <param name="read">Reads some of the stream, and no more.</param>
    public static async Task EveryProviderAsync(Func<Topology, Store, Task<Caller>> use, Func<Caller, Upstream, Task> read)
    {
        var caller = await use(Topology.Standalone, Store.Sqlite);
        await Task.WhenAll(SimulatedProvider.All.Select(async provider =>
        {
            var upstream = await caller.AddUpstreamAsync(provider, SdkScripts.Slow);
            await read(caller, upstream);
            var request = upstream.Requests.ShouldHaveSingleItem(provider.Name);
            await request.Completion.WaitAsync(TimeLimit.Token());
            request.CallerAborted.ShouldBeTrue(provider.Name);
        }));
    }
}
