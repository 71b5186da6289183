using System.Text.Json.Nodes;
using Gateway.Simulator;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Bootstrap;

/// <summary>A gateway with a file of variables of its own, in the process of the test.</summary>
public abstract class EnvironmentScene : IAsyncLifetime
{
    private readonly DataFolder _folder = new();
    private readonly UpstreamSimulator _unused = new();

    public ClockedGateway Gateway { get; private set; } = null!;

    public Caller Caller { get; private set; } = null!;

    /// <summary>What providers of the environment are.</summary>
    public SimulatorServer Upstream { get; private set; } = null!;

    public string EnvFile => Path.Combine(_folder.Path, ".env");

    public string KeysFile => Path.Combine(_folder.Path, "keys");

    public async ValueTask InitializeAsync()
    {
        Upstream = await SimulatorServer.StartAsync(cancellationToken: TimeLimit.Token());

        // It does not say what it has: maybe everything.
        Upstream.Script("models", new Answer { Status = 404 });
        Write(Lines());
        Gateway = await ClockedGateway.StartNewAsync(settings: new Dictionary<string, string>(Settings()) { ["Gateway:EnvFile"] = EnvFile, ["Edge:Journal:DrainSeconds"] = "1" });
        Caller = new Caller(Gateway, _unused);
    }

    public async ValueTask DisposeAsync()
    {
        Caller?.Dispose();
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }

        await Upstream.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    public void Write(params string[] lines) => File.WriteAllLines(EnvFile, lines);

    public Task<Answered> ChatAsync(string? key, string model = "echo", params (string Name, string Value)[] headers)
        => Caller.SendAsync(HttpMethod.Post, Caller.ChatPath, $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]}""", key, headers);

    public Task<Answered> GetAsync(string path, string? key = null) => Caller.SendAsync(HttpMethod.Get, path, key: key);

    public async Task<JsonNode> AdminAsync(HttpMethod method, string path)
    {
        var answer = await Caller.AdminAsync(method, path);
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json;
    }

    /// <summary>Of the file.</summary>
    protected virtual string[] Lines() => [];

    /// <summary>What stands above the file.</summary>
    protected virtual Dictionary<string, string> Settings() => [];
}

/// <summary>Two keys in a file, with a gap between them.</summary>
public sealed class GapScene : EnvironmentScene
{
    protected override string[] Lines() => ["AUTH_KEY_01=b", "export AUTH_KEY_03='c'"];
}

/// <summary>One key alone, and a header of its own.</summary>
public sealed class HeaderScene : EnvironmentScene
{
    protected override string[] Lines() => ["AUTH_KEY_01=b", "AUTH_KEY=of-the-file"];

    protected override Dictionary<string, string> Settings() => new() { ["AUTH_KEY"] = " a ", ["AUTH_HEADER_NAME"] = "X-API-Key" };
}

/// <summary>No key is asked for, and a service of the environment answers, or does not.</summary>
public sealed class OpenScene : EnvironmentScene
{
    protected override string[] Lines() =>
    [
        "ENABLE_AUTH=false",
        "API_TITLE=\"Our router\"",
        "API_VERSION=7.1",
        $"ROUTER_SERVICES='[{{\"name\": \"up\", \"backend_type\": \"custom\", \"base_url\": \"{new Uri(Upstream.BaseAddress, "v1")}\"}}]'",
    ];
}
