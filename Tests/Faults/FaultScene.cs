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
    private const int MaxPages = 3;

    private readonly UpstreamSimulator _simulator = new();
    private readonly List<BrokenListener> _listeners = [];
    private readonly ConcurrentDictionary<string, Lazy<Task>> _providers = new(StringComparer.Ordinal);
    private StandaloneGateway _gateway = null!;
    private Caller _caller = null!;

    public static async Task<FaultScene> StartAsync(IEnumerable<FaultRow> rows)
    {
        var scene = new FaultScene();
        await scene._simulator.InitializeAsync();
        scene._gateway = await StandaloneGateway.StartNewAsync(new Dictionary<string, string>
        {
            ["Routing:Upstream:ConnectSeconds"] = "0.5",
            ["Routing:Upstream:HeadersSeconds"] = "1.5",
            ["Routing:Upstream:FirstEventSeconds"] = "1.5",
            ["Routing:Upstream:IdleSeconds"] = "1",
            ["Routing:Upstream:ContentIdleSeconds"] = "2",
            ["Routing:Upstream:WholeAnswerSeconds"] = "5",
        });
        scene._caller = new Caller(scene._gateway, scene._simulator);
        foreach (var row in rows)
        {
            if (row.Script is { } script)
            {
                scene._simulator.Server.Script(row.Model, script);
            }
        }

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

    /// <summary>Makes sure that the provider is there, and returns what a client calls the row's model.</summary>
    public async Task<string> ModelAsync(FaultRow row, FaultProvider provider)
    {
        var name = row.IsListener ? $"{provider.Name}-{row.Name}" : provider.Name;
        await _providers.GetOrAdd(name, _ => new Lazy<Task>(() => AddAsync(name, row, provider))).Value;
        return $"{name}/{(row.IsListener ? "m" : row.Model)}";
    }

    public async Task<ClientAnswer> CallAsync(ClientFormat format, bool stream, string model, FaultRow row)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
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
