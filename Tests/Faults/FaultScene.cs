using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Simulator.Listeners;
using Tests.TestKit;
using Tests.TestKit.Topologies;

namespace Tests.Faults;

/// <summary>A gateway that waits for nobody for long, and every provider that the simulator can play.</summary>
internal sealed class FaultScene : IAsyncDisposable
{
    private const string Tools = """
        [{"name":"get_weather","description":"Weather.","parameters":{"type":"object","properties":{"city":{"type":"string"}}}},
         {"name":"get_time","description":"Time.","parameters":{"type":"object","properties":{"zone":{"type":"string"}}}}]
        """;

    /// <summary>Of the newest records: as many as there can be calls at once.</summary>
    private const int MaxPages = 6;

    /// <summary>A provider that is well.</summary>
    public const string Spare = "spare";

    private readonly UpstreamSimulator _simulator = new();
    private readonly List<BrokenListener> _listeners = [];
    private readonly ConcurrentDictionary<string, Lazy<Task>> _providers = new(StringComparer.Ordinal);
    private StandaloneGateway _gateway = null!;
    private Caller _caller = null!;
    private int _models;

    public static async Task<FaultScene> StartAsync()
    {
        var scene = new FaultScene();
        await scene._simulator.InitializeAsync();
        scene._gateway = await StandaloneGateway.StartNewAsync(new Dictionary<string, string>
        {
            ["Routing:Upstream:ConnectSeconds"] = "4",
            ["Routing:Upstream:HeadersSeconds"] = "10",
            ["Routing:Upstream:FirstEventSeconds"] = "10",
            ["Routing:Upstream:IdleSeconds"] = "8",
            ["Routing:Upstream:ContentIdleSeconds"] = "10",
            ["Routing:Upstream:WholeAnswerSeconds"] = "12",
            ["Routing:Upstream:MaxAnswerMegabytes"] = "16",
            // One failure shows whether failures count, and nothing is worth a wait.
            ["Routing:Breaker:ConsecutiveFailures"] = "1",
            ["Routing:Breaker:CooldownSeconds"] = "600",
            ["Routing:Breaker:MaxCooldownSeconds"] = "600",
            ["Routing:Retry:MaxBackoffSeconds"] = "0.1",
            ["Routing:Retry:RateLimitRestSeconds"] = "60",
        });
        scene._caller = new Caller(scene._gateway, scene._simulator);
        // What a credential is told goes before what a model is.
        scene._simulator.Server.Script("sk.spare", Gateway.Simulator.Scripts.Answer.Default);
        await scene._caller.AddProviderAsync(Spare, new Uri(scene._simulator.Server.BaseAddress, "/v1"), "sk.spare");
        return scene;
    }

    public async ValueTask DisposeAsync()
    {
        _caller.Dispose();
        await _gateway.DisposeAsync();
        await _simulator.DisposeAsync();
        foreach (var listener in _listeners)
        {
            await listener.DisposeAsync();
        }
    }

    public string Output => _gateway.Output.Text();

    /// <summary>How many requests the simulator has had for a model.</summary>
    public int RequestsOf(string model) => _simulator.Server.Requests.Count(request => request.Model == model);

    /// <summary>
    /// Makes sure that the provider is there, and returns what it calls the row's model: one that nobody else calls, so that no breaker is open.
    /// </summary>
    public async Task<(string Provider, string Model)> ModelAsync(FaultRow row, FaultProvider provider)
    {
        var number = Interlocked.Increment(ref _models);
        var name = row.IsListener ? $"{provider.Name}-{row.Name}" : row.MarksCredential ? $"{provider.Name}-{row.Name}-{number}" : provider.Name;
        await _providers.GetOrAdd(name, _ => new Lazy<Task>(() => AddAsync(name, row, provider))).Value;
        // The simulator knows the one that is answered early by its name.
        var model = row.Name == "u61" ? "fault-u61" : $"m{number}";
        if (!row.IsListener && row.Name != "u61")
        {
            _simulator.Server.Script(model, row.Script);
        }

        return (name, model);
    }

    public async Task<ClientAnswer> CallAsync(ClientFormat format, bool stream, string model, FaultRow row)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var prompt = "Say something." + new string('x', row.PromptBytes);
        var tools = row.Name.StartsWith("u58", StringComparison.Ordinal) || row.Name.StartsWith("u59", StringComparison.Ordinal);
        var (path, body) = format switch
        {
            ClientFormat.Chat => (Caller.ChatPath, $$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{prompt}}"}]"""),
            ClientFormat.Responses => ("/v1/responses", $$"""{"model":"{{model}}","input":"{{prompt}}" """),
            _ => (Caller.MessagesPath, $$"""{"model":"{{model}}","max_tokens":100,"messages":[{"role":"user","content":"{{prompt}}"}]"""),
        };
        body += (stream ? ",\"stream\":true" : "") + (tools ? $",\"tools\":{ToolsFor(format)}" : "") + "}";
        var answered = await _caller.SendAsync(HttpMethod.Post, path, body, _gateway.DevelopmentKey).WaitAsync(patience.Token);
        return ClientAnswer.Read(format, stream, answered);
    }

    /// <summary>The records of calls, as soon as all of them are there.</summary>
    public async Task<Dictionary<string, JsonNode>> RecordsAsync(IReadOnlyCollection<string> requestIds) => await TimeLimit.PollAsync("the records", async _ =>
    {
        var found = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        var page = await _caller.RecordsAsync("?limit=200");
        for (var pages = 1; pages <= MaxPages && page.Count > 0; pages++)
        {
            foreach (var row in page)
            {
                found.TryAdd(row["request_id"]!.GetValue<string>(), row);
            }

            if (requestIds.All(found.ContainsKey))
            {
                return found;
            }

            page = await _caller.RecordsAsync($"?limit=200&after={page[^1]["id"]!.GetValue<string>()}");
        }

        return null;
    });

    private static string ToolsFor(ClientFormat format)
    {
        var tools = JsonNode.Parse(Tools)!.AsArray();
        return new JsonArray([.. tools.Select(tool => format switch
        {
            ClientFormat.Chat => new JsonObject { ["type"] = "function", ["function"] = tool!.DeepClone() },
            ClientFormat.Responses => With(tool!, "type", "function"),
            _ => Renamed(tool!),
        })]).ToJsonString();
    }

    private static JsonObject With(JsonNode tool, string name, string value)
    {
        var copy = tool.DeepClone().AsObject();
        copy[name] = value;
        return copy;
    }

    private static JsonObject Renamed(JsonNode tool)
    {
        var copy = tool.DeepClone().AsObject();
        copy["input_schema"] = copy["parameters"]!.DeepClone();
        copy.Remove("parameters");
        return copy;
    }

    private async Task AddAsync(string name, FaultRow row, FaultProvider provider)
    {
        var url = row.Name == "u03" ? new Uri("http://nothing.invalid/") : row.IsListener ? Listen(row.Name) : _simulator.Server.BaseAddress;
        await _caller.AddProviderAsync(
            name, new Uri(url, provider.Path), "sk.upstream", type: provider.Type,
            settings: provider.Settings.Count == 0 ? null : new JsonObject(provider.Settings.Select(setting => KeyValuePair.Create(setting.Key, (JsonNode?)setting.Value))));
    }

    private Uri Listen(string name)
    {
        var listener = BrokenListener.Start(name);
        lock (_listeners)
        {
            _listeners.Add(listener);
        }

        return listener.BaseAddress;
    }
}
