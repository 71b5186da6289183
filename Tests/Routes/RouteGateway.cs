using System.Text.Json.Nodes;
using Gateway.Simulator.Ledger;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Routes;

/// <summary>A gateway with short rests, for the tests of one class, and the simulator that plays all providers.</summary>
public class RouteGateway : IAsyncLifetime
{
    private readonly UpstreamSimulator _simulator = new();
    private StandaloneGateway _gateway = null!;

    public RouteCaller Caller { get; private set; } = null!;

    protected virtual Dictionary<string, string> Settings { get; } = new()
    {
        ["Routing:Breaker:CooldownSeconds"] = "1",
        ["Routing:Retry:BackoffMilliseconds"] = "50",
        ["Routing:Upstream:ConnectSeconds"] = "1",
    };

    public virtual async ValueTask InitializeAsync()
    {
        await _simulator.InitializeAsync();
        _gateway = await StandaloneGateway.StartNewAsync(Settings);
        Caller = new RouteCaller(new Caller(_gateway, _simulator), _simulator);
    }

    public virtual async ValueTask DisposeAsync()
    {
        Caller.Http.Dispose();
        await _gateway.DisposeAsync();
        await _simulator.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>One whose rests are longer than any test: what rests is resting still, however slow the machine is.</summary>
public sealed class PatientRouteGateway : RouteGateway
{
    protected override Dictionary<string, string> Settings { get; } = new()
    {
        ["Routing:Breaker:CooldownSeconds"] = "300",
        ["Routing:Retry:BackoffMilliseconds"] = "50",
    };
}

/// <summary>Makes providers, aliases and deployments of a gateway, and calls them.</summary>
public sealed class RouteCaller(Caller http, UpstreamSimulator simulator)
{
    public Caller Http => http;

    /// <summary>A provider that answers so, in turn; without answers, with the default one.</summary>
    public async Task<Provided> ProviderAsync(params Answer[] answers)
    {
        var credential = Caller.Unique("sk-up");
        var created = await http.AdminAsync(HttpMethod.Post, "/admin/providers", new JsonObject
        {
            ["name"] = Caller.Unique("p"),
            ["type"] = "openai_compatible",
            ["base_url"] = new Uri(simulator.Server.BaseAddress, "/v1").AbsoluteUri,
            ["api_key"] = credential,
            ["local"] = true,
        });
        created.Status.ShouldBe(201, created.Text);
        var provider = new Provided(simulator, created.Json["name"]!.GetValue<string>(), credential, $"/admin/providers/{created.Json["id"]}");
        if (answers.Length > 0)
        {
            provider.Script(answers);
        }

        return provider;
    }

    /// <summary>An alias of its own name; what the JSON says is <c>routing_config</c>.</summary>
    public async Task<string> AliasAsync(string type, string? config, Provided? provider = null, string? model = null, string? alias = null)
        => (await TryAliasAsync(type, config, provider, model, alias)).ShouldBeCreated()["alias"]!.GetValue<string>();

    public Task<Answered> TryAliasAsync(string type, string? config, Provided? provider = null, string? model = null, string? alias = null)
    {
        var body = new JsonObject { ["alias"] = alias ?? Caller.Unique("alias"), ["routing_type"] = type };
        if (config is not null)
        {
            body["routing_config"] = JsonNode.Parse(config);
        }

        if (provider is not null)
        {
            body["provider"] = provider.Name;
        }

        if (model is not null)
        {
            body["model"] = model;
        }

        return http.AdminAsync(HttpMethod.Post, "/admin/models", body);
    }

    /// <summary>An alias over <c>m</c> of all these.</summary>
    /// <param name="more">Of the configuration: a comma, and fields.</param>
    public Task<string> BalanceAsync(string more, params Provided[] providers) => AliasAsync(
        "load_balance", $$"""{"providers":[{{string.Join(',', providers.Select(provider => $$"""{"provider":"{{provider.Name}}"}"""))}}]{{more}}}""", model: "m");

    /// <summary>A deployment of <c>m</c>; its path in the admin API.</summary>
    public async Task<string> DeployAsync(string group, Provided provider, JsonObject? more = null, string model = "m")
    {
        var body = new JsonObject { ["model_name"] = group, ["provider"] = provider.Name, ["model"] = model };
        foreach (var (name, value) in more ?? [])
        {
            body[name] = value?.DeepClone();
        }

        var created = await http.AdminAsync(HttpMethod.Post, "/admin/deployments", body);
        return $"/admin/deployments/{created.ShouldBeCreated()["id"]}";
    }

    public async Task<JsonNode> StateAsync(string deployment)
    {
        var answer = await http.AdminAsync(HttpMethod.Get, deployment);
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json["state"] ?? throw new InvalidDataException(answer.Text);
    }

    public async Task<Answered> PatchAsync(string path, string json)
    {
        var answer = await http.AdminAsync(HttpMethod.Patch, path, JsonNode.Parse(json)!.AsObject());
        answer.Status.ShouldBe(200, answer.Text);
        return answer;
    }

    /// <summary>The path of an alias in the admin API.</summary>
    public async Task<string> PathOfAsync(string alias)
    {
        var list = await http.AdminAsync(HttpMethod.Get, $"/admin/models?alias={alias}");
        return $"/admin/models/{list.Json["data"]!.AsArray().ShouldHaveSingleItem()!["id"]}";
    }

    /// <param name="more">Of the body: a comma, and fields.</param>
    public Task<Answered> ChatAsync(string model, string more = "", params (string Name, string Value)[] headers)
        => http.ChatAsync($$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]{{more}}}""", headers);

    public async Task<Answered> ChatWellAsync(string model)
    {
        var answer = await ChatAsync(model);
        answer.Status.ShouldBe(200, answer.Text);
        return answer;
    }

    /// <summary>Several calls, one behind the other: the names of the providers that answered.</summary>
    public async Task<string[]> ChatManyAsync(string model, int calls)
    {
        var providers = new string[calls];
        for (var call = 0; call < calls; call++)
        {
            providers[call] = (await ChatWellAsync(model)).Provider();
        }

        return providers;
    }

    /// <summary>A call that nobody waits for; it ends when the token says so.</summary>
    public async Task StartAsync(string model, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Caller.ChatPath)
        {
            Content = new StringContent(
                $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]}""", System.Text.Encoding.UTF8, "application/json"),
            Headers = { { "Authorization", $"Bearer {http.Gateway.DevelopmentKey}" } },
        };
        try
        {
            using var response = await http.Client.SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // As it was meant.
        }
    }

    /// <summary>Waits until a deployment is as it should be.</summary>
    public Task<JsonNode> WaitForStateAsync(string deployment, Func<JsonNode, bool> isSo)
        => TimeLimit.PollAsync(deployment, async _ => await StateAsync(deployment) is var state && isSo(state) ? state : null);
}

/// <summary>A provider of one test.</summary>
public sealed record Provided(UpstreamSimulator Simulator, string Name, string Credential, string Path)
{
    public IReadOnlyList<ReceivedRequest> Requests => [.. Simulator.Server.Requests.Where(request => request.Credential == Credential)];

    public int Count => Requests.Count;

    public void Script(params Answer[] answers) => Simulator.Server.Script(Credential, answers);

    public Task WaitForAsync(int requests)
        => TimeLimit.PollAsync($"{requests} requests", _ => Task.FromResult(Count >= requests ? this : null));

    /// <summary>From one request to the next there was at least so much time.</summary>
    public void ShouldHaveRestedAfter(int request, TimeSpan rest)
    {
        var requests = Requests;
        if (requests.Count > request)
        {
            // The clocks of two processes, and the way between them.
            (requests[request].StartedAt - requests[request - 1].StartedAt).ShouldBeGreaterThan(rest - TimeSpan.FromMilliseconds(50));
        }
    }
}

internal static class RouteAnswers
{
    public static Answer Fails(int status, params (string Name, string Value)[] headers) => new()
    {
        Status = status,
        Headers = headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase),
    };

    public static Answer Well => Answer.Default with { Tokens = 5 };

    public static string Provider(this Answered answer) => answer.Headers["x-gateway-provider"];

    public static int Attempts(this Answered answer) => int.Parse(answer.Headers["x-gateway-attempts"], System.Globalization.CultureInfo.InvariantCulture);

    public static string ErrorCode(this Answered answer) => answer.Error["code"]!.GetValue<string>();

    public static JsonNode ShouldBeCreated(this Answered answer)
    {
        answer.Status.ShouldBe(201, answer.Text);
        return answer.Json;
    }

    /// <summary>Refused, and this field named.</summary>
    public static void ShouldName(this Answered answer, string field)
    {
        answer.Status.ShouldBe(400, answer.Text);
        answer.Text.ShouldContain($"\"{field}\"");
    }
}
