using Gateway.Simulator;
using Gateway.Simulator.Ledger;
using Xunit;

[assembly: AssemblyFixture(typeof(Tests.TestKit.UpstreamSimulator))]

namespace Tests.TestKit;

/// <summary>The simulator that all tests share: each has a credential, and so scripts and requests, of its own.</summary>
public class UpstreamSimulator : IAsyncLifetime
{
    public SimulatorServer Server { get; private set; } = null!;

    /// <summary>What scripted delays follow.</summary>
    protected virtual TimeProvider Time => TimeProvider.System;

    public async ValueTask InitializeAsync()
        => Server = await SimulatorServer.StartAsync(new SimulatorOptions { RecordedRequests = 100_000 }, Time, cancellationToken: TimeLimit.Token());

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A provider of one test, and the alias that leads to it.</summary>
public sealed record Upstream(UpstreamSimulator Simulator, string Provider, string Alias, string Credential)
{
    /// <summary>What it is called there.</summary>
    public const string Model = "upstream/model-1";

    public IReadOnlyList<ReceivedRequest> Requests => [.. Simulator.Server.Requests.Where(request => request.Credential == Credential)];

    public Task<ReceivedRequest> WaitForRequestAsync()
        => Simulator.Server.WaitForRequestAsync(request => request.Credential == Credential, TimeLimit.Token());

    /// <summary>A call for this provider.</summary>
    public string Body(bool stream = false, string more = "")
        => $$"""{"model":"{{Alias}}","messages":[{"role":"user","content":"Say something."}]{{(stream ? ",\"stream\":true" : "")}}{{more}}}""";
}
