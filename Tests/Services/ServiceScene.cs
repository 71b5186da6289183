using System.Text.Json.Nodes;
using Gateway.Simulator;
using Gateway.Simulator.Ledger;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Services;

/// <summary>A gateway whose environment names services, the two servers behind them, and a key to call with.</summary>
public abstract class ServiceScene : IAsyncLifetime
{
    private readonly UpstreamSimulator _unused = new();
    private ClockedGateway _gateway = null!;

    public SimulatorServer Up1 { get; private set; } = null!;

    public SimulatorServer Up2 { get; private set; } = null!;

    public Caller Caller { get; private set; } = null!;

    public string Key { get; private set; } = "";

    public ClockedGateway Gateway => _gateway;

    /// <summary>Of one call: waits before a repetition are by a clock that nobody moves.</summary>
    protected virtual int MaxAttempts => 2;

    public async ValueTask InitializeAsync()
    {
        (Up1, Up2) = (await SimulatorServer.StartAsync(), await SimulatorServer.StartAsync());
        Prepare();
        var settings = Environment();
        _gateway = await ClockedGateway.StartNewAsync(replace: builder =>
        {
            builder.Configuration["Routing:Retry:MaxAttempts"] = MaxAttempts.ToString();

            // It waits for a clock that nobody moves; what it has not delivered by the end is nobody's loss.
            builder.Configuration["Edge:Journal:DrainSeconds"] = "1";
            foreach (var (name, value) in settings)
            {
                builder.Configuration[name] = value;
            }
        });
        Caller = new Caller(_gateway, _unused);
        Key = (await Caller.CreateKeyAsync()).Secret;
    }

    public async ValueTask DisposeAsync()
    {
        Caller?.Dispose();
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        await Up1.DisposeAsync();
        await Up2.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public Task<Answered> ChatAsync(string model, string more = "")
        => Caller.ChatWithKeyAsync(Key, $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]{{more}}}""");

    public async Task<JsonNode> GetAsync(string path)
    {
        var answer = await Caller.SendAsync(HttpMethod.Get, path, key: Key);
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json;
    }

    public async Task<Answered> ResetAsync() => await Caller.AdminAsync(HttpMethod.Post, "/router/reset-stats");

    public static IReadOnlyList<ReceivedRequest> CallsOf(SimulatorServer server, string model)
        => [.. server.Requests.Where(request => request.Method == "POST" && request.Model == model)];

    /// <summary>What nobody listens at.</summary>
    public static string NoAddress() => $"{Ports.NextUrl()}/v1";

    public static string AddressOf(SimulatorServer server) => new Uri(server.BaseAddress, "v1").AbsoluteUri;

    public static JsonObject Service(string name, string address, int priority, string type = "custom") => new()
    {
        ["name"] = name,
        ["backend_type"] = type,
        ["base_url"] = address,
        ["api_key"] = $"sk-{name}",
        ["priority"] = priority,
    };

    /// <summary>What the servers answer from the start.</summary>
    protected virtual void Prepare()
    {
        // Neither says what it has: maybe everything.
        Up1.Script("models", new Answer { Status = 404 });
        Up2.Script("models", new Answer { Status = 404 });
    }

    protected abstract Dictionary<string, string> Environment();

    protected static Dictionary<string, string> Named(params JsonNode[] services) => new() { ["ROUTER_SERVICES"] = new JsonArray(services).ToJsonString() };
}

/// <summary>Two services, named in another order than they are asked.</summary>
public sealed class PairScene : ServiceScene
{
    protected override Dictionary<string, string> Environment()
        => Named(Service("second", AddressOf(Up2), 1, "cerebras"), Service("first", AddressOf(Up1), 0));
}

/// <summary>Two services that say what they have, and one that is away and so may have everything.</summary>
public sealed class ListedScene : ServiceScene
{
    protected override void Prepare()
    {
        Up1.Script("models", new Answer { Body = """{"object":"list","data":[{"id":"y","object":"model","created":17,"owned_by":"somebody"},{"id":"both","object":"model","created":18,"owned_by":"one"}]}""" });
        Up2.Script("models", new Answer { Body = """{"object":"list","data":[{"id":"both","object":"model","created":19,"owned_by":"two"},{"id":"Qwen/Qwen3-30B","object":"model","created":20,"owned_by":"qwen"}]}""" });
    }

    protected override Dictionary<string, string> Environment() => Named(
        Service("up1", AddressOf(Up1), 0),
        Service("up2", AddressOf(Up2), 1, "deepinfra"),
        Service("away", NoAddress(), 2));

    /// <summary>As soon as both have said what they have.</summary>
    public Task<JsonNode> ListAsync() => TimeLimit.PollAsync(
        "the lists of models", async _ => await GetAsync("/v1/models") is var list && list["router"]!["working_services"]!.GetValue<int>() == 2 ? list : null);
}

/// <summary>Three requests in two seconds for the first service, any number for the second.</summary>
public class LimitedScene : ServiceScene
{
    protected override int MaxAttempts => 1;

    protected override Dictionary<string, string> Environment()
        => Named(Limited(Service("up1", AddressOf(Up1), 0)), Service("up2", AddressOf(Up2), 1));

    protected static JsonObject Limited(JsonObject service)
    {
        service["rate_limit_requests"] = 3;
        service["rate_limit_window"] = 2;
        return service;
    }
}

public sealed class BothLimitedScene : LimitedScene
{
    protected override Dictionary<string, string> Environment()
        => Named(Limited(Service("up1", AddressOf(Up1), 0)), Limited(Service("up2", AddressOf(Up2), 1)));
}

/// <summary>Services that fail, each in its way.</summary>
public sealed class FailingScene : ServiceScene
{
    protected override int MaxAttempts => 1;

    protected override Dictionary<string, string> Environment()
    {
        var slow = Service("slow", AddressOf(Up1), 1);
        slow["timeout"] = 0.5;
        return Named(Service("away", NoAddress(), 0), slow, Service("sick", AddressOf(Up2), 2), Service("locked", AddressOf(Up2), 3));
    }
}

/// <summary>One service, that refuses connections.</summary>
public sealed class AwayScene : ServiceScene
{
    protected override Dictionary<string, string> Environment() => Named(Service("away", NoAddress(), 0));
}

/// <summary>A vendor's variables, and nothing else.</summary>
public sealed class OneVendorScene : ServiceScene
{
    protected override Dictionary<string, string> Environment() => new() { ["OPENAI_API_KEY"] = "sk-openai", ["OPENAI_BASE_URL"] = AddressOf(Up1) };
}

public sealed class AllVendorsScene : ServiceScene
{
    protected override Dictionary<string, string> Environment() => new()
    {
        ["OLLAMA_BASE_URL"] = "http://localhost:11434/v1",
        ["OPENAI_API_KEY"] = "sk-openai",
        ["OPENAI_BASE_URL"] = AddressOf(Up1),
        ["DEEPINFRA_TOKEN"] = "sk-deepinfra",
        ["DEEPINFRA_BASE_URL"] = AddressOf(Up1),
        ["CEREBRAS_API_KEY"] = "sk-cerebras",
        ["CEREBRAS_BASE_URL"] = AddressOf(Up1),
    };
}

/// <summary>A service that keeps to itself that it answered, beside one that has the name of a provider.</summary>
public sealed class QuietScene : ServiceScene
{
    protected override Dictionary<string, string> Environment()
        => new(Named(Service("simulated", AddressOf(Up1), 0), Service("quiet", AddressOf(Up2), 1))) { ["Routing:Services:Extension"] = "false" };
}
