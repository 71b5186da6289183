using Tests.TestKit.Topologies;

namespace Tests.Limits;

/// <summary>A gateway on each store whose clock the tests of a class move, one after the other.</summary>
public sealed class ClockedGateways : IAsyncDisposable
{
    private readonly Dictionary<Store, ClockedGateway> _running = [];

    public async Task<ClockedGateway> GetAsync(Store store)
    {
        if (!_running.TryGetValue(store, out var gateway))
        {
            gateway = await ClockedGateway.StartNewAsync(store);
            _running.Add(store, gateway);
        }

        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _running.Values)
        {
            await gateway.DisposeAsync();
        }
    }
}
