using System.Collections.Concurrent;
using Xunit;

[assembly: AssemblyFixture(typeof(Tests.TestKit.Topologies.Gateways))]

namespace Tests.TestKit.Topologies;

/// <summary>The gateways that all tests share: each is started when a test first asks for it, once in a run.</summary>
public sealed class Gateways : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(Topology, Store), Lazy<Task<IGateway>>> _running = new();

    public Task<IGateway> GetAsync(Topology topology, Store store = Store.Sqlite)
        => _running.GetOrAdd((topology, store), _ => new Lazy<Task<IGateway>>(() => StartNewAsync(topology, store))).Value;

    /// <summary>One of its own, for a test that stops it or looks into all that it has written.</summary>
    /// <param name="environment">Further variables of its processes.</param>
    public static async Task<IGateway> StartNewAsync(
        Topology topology, Store store = Store.Sqlite, IReadOnlyDictionary<string, string>? environment = null)
    {
        var connectionStrings = await Stores.CreateAsync(store);
        return topology switch
        {
            Topology.Aspire => await AspireGateway.StartNewAsync(connectionStrings, environment),
            _ => await StandaloneGateway.StartNewAsync(connectionStrings, environment),
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _running.Values.Where(gateway => gateway is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }))
        {
            await (await gateway.Value).DisposeAsync();
        }
    }
}
