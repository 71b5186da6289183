using Gateway.Simulator;
using Gateway.Simulator.Ledger;
using Xunit;

[assembly: AssemblyFixture(typeof(Tests.TestKit.UpstreamSimulator))]

namespace Tests.TestKit;

/// <summary>The simulator that all tests share: each has a credential, and so scripts and requests, of its own.</summary>
public sealed class UpstreamSimulator : IAsyncLifetime
{
    public SimulatorServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await SimulatorServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
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
