using Gateway.Simulator.Ledger;
using Gateway.Simulator.Scripts;

namespace Gateway.Simulator;

/// <summary>A simulator inside this process, on a port of 127.0.0.1.</summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly SimulatorApplication application;

    private SimulatorServer(SimulatorApplication application, Uri baseAddress)
    {
        this.application = application;
        BaseAddress = baseAddress;
    }

    /// <summary>The address without a path: <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri BaseAddress { get; }

    /// <summary>The requests so far, in the order of their arrival.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => application.Ledger.Snapshot();

    /// <summary>Requests without a script are answered 501 and marked as unexpected.</summary>
    public bool RequireScripts
    {
        get => application.Scripts.RequireScripts;
        set => application.Scripts.RequireScripts = value;
    }

    /// <summary>Starts on <paramref name="port"/>; 0 takes a free one.</summary>
    public static Task<SimulatorServer> StartAsync(int port = 0, CancellationToken cancellationToken = default)
        => StartAsync(new SimulatorOptions { RecordedRequests = 100_000 }, TimeProvider.System, port, cancellationToken);

    /// <summary>Starts with options and a clock: scripted delays follow the clock.</summary>
    public static async Task<SimulatorServer> StartAsync(
        SimulatorOptions options, TimeProvider time, int port = 0, CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var built = SimulatorApplication.Build(builder, options, time);
        await built.Web.StartAsync(cancellationToken);
        return new SimulatorServer(built, new Uri(built.Web.Urls.Single()));
    }

    /// <summary>
    /// Sets the answers for a credential, a model, or everyone (<c>*</c>), in this order of precedence. They are given in turn, the
    /// last one again and again.
    /// </summary>
    public SimulatorServer Script(string name, params Answer[] answers)
    {
        application.Scripts.Set(name, answers);
        return this;
    }

    /// <summary>The first request that matches and whose body has been read; waits until there is one.</summary>
    public Task<ReceivedRequest> WaitForRequestAsync(Func<ReceivedRequest, bool> match, CancellationToken cancellationToken = default)
        => application.Ledger.WaitForAsync(match).WaitAsync(cancellationToken);

    /// <summary>Forgets all scripts and requests.</summary>
    public void Reset()
    {
        application.Scripts.Clear();
        application.Ledger.Clear();
    }

    public ValueTask DisposeAsync() => application.Web.DisposeAsync();
}
