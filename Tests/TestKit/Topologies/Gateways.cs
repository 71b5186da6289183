using System.Collections.Concurrent;
using Xunit;

[assembly: AssemblyFixture(typeof(Tests.TestKit.Topologies.Gateways))]

namespace Tests.TestKit.Topologies;

/// <summary>The gateways that all tests share: each is started when a test first asks for it, once in a run.</summary>
public sealed class Gateways : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Topology, Lazy<Task<IGateway>>> _running = new();

    public Task<IGateway> GetAsync(Topology topology)
        => _running.GetOrAdd(topology, _ => new Lazy<Task<IGateway>>(() => StartNewAsync(topology))).Value;

    /// <summary>One of its own, for a test that stops it or looks into all that it has written.</summary>
    public static async Task<IGateway> StartNewAsync(Topology topology) => topology switch
    {
        Topology.Aspire => await AspireGateway.StartNewAsync(),
        _ => await StandaloneGateway.StartNewAsync(),
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _running.Values.Where(gateway => gateway is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }))
        {
            await (await gateway.Value).DisposeAsync();
        }
    }
}
