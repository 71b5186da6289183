using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.BlackBox;

/// <summary>A test of a whole gateway. What the gateway wrote meanwhile is shown when it fails.</summary>
public abstract class BlackBoxTest(Gateways gateways, UpstreamSimulator simulator) : IAsyncDisposable
{
    private readonly List<(Caller Caller, int FirstLine)> _callers = [];
    private readonly List<IGateway> _own = [];

    protected static CancellationToken Cancelled => TimeLimit.Token();

    /// <summary>The gateway that all tests share.</summary>
    protected async Task<Caller> UseAsync(Topology topology, Store store = Store.Sqlite) => Remember(await gateways.GetAsync(topology, store));

    /// <summary>One that belongs to this test.</summary>
    protected async Task<Caller> StartNewAsync(Topology topology, Store store = Store.Sqlite)
    {
        var gateway = await Gateways.StartNewAsync(topology, store);
        _own.Add(gateway);
        return Remember(gateway);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (caller, firstLine) in _callers)
        {
            if (TestContext.Current.TestState?.Result == TestResult.Failed)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"Output of the gateway:\n{caller.Gateway.Output.Text(firstLine)}");
            }

            caller.Dispose();
        }

        foreach (var gateway in _own)
        {
            await gateway.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>One that somebody else ends.</summary>
    protected Caller Use(IGateway gateway) => Remember(gateway);

    private Caller Remember(IGateway gateway)
    {
        var caller = new Caller(gateway, simulator);
        _callers.Add((caller, gateway.Output.Count));
        return caller;
    }
}
