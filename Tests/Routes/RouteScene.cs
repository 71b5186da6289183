using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Edge.Calls;
using Gateway.Llm.ChatCompletions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RoutingService.Automatic;
using RoutingService.Deployments;
using RoutingService.Dispatching;
using RoutingService.Health;
using RoutingService.Models;
using RoutingService.Prices;
using RoutingService.Providers;
using RoutingService.Routes;
using RoutingService.Secrets;
using RoutingService.Services;
using RoutingService.Snapshots;
using RoutingService.Targets;
using Tests.TestKit;

namespace Tests.Routes;

/// <summary>Routing without network and database: rows as they would be stored, and an adapter that does what the test says.</summary>
internal sealed class RouteScene : IDisposable
{
    private readonly IHost _host;
    private readonly CredentialVault _vault = new([new byte[32]]);
    private readonly List<Provider> _providers = [];
    private readonly List<ProviderCredentialRow> _credentials = [];
    private readonly List<DeploymentRow> _deployments = [];
    private readonly List<ModelAlias> _models = [];
    private readonly List<PriceRow> _prices = [];

    public RouteScene(params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Routing:{setting.Name}", (string?)setting.Value)));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.AddTargets();
        builder.AddAutomaticRouting();
        builder.AddDispatching();
        builder.Services.AddSingleton(_vault);
        builder.Services.AddSingleton(new ProviderAdapters([Adapter]));
        builder.Services.AddSingleton<RoutingTable>();
        builder.Services.AddSingleton(new PriceBooks(null!, Options.Create(new PriceOptions()), Time));
        builder.Services.AddSingleton<SnapshotBuilder>();
        builder.Services.AddSingleton<ModelLists>();
        builder.Services.AddSingleton<ServiceBook>();
        builder.Services.AddSingleton<EnvironmentProviders>();

        // The longest of the waits that could be drawn.
        builder.Services.AddSingleton(services => new DispatchSettings(
            services.GetRequiredService<IOptions<DispatchOptions>>(), services.GetRequiredService<IOptions<BreakerOptions>>(), Time, services.GetRequiredService<ILogger<CallRun>>()) { Random = new Highest() });
        _host = builder.Build();
    }

    public InstantTime Time { get; } = new();

    public ScriptedAdapter Adapter { get; } = new();

    public RoutingSnapshot Snapshot => _host.Services.GetRequiredService<RoutingTable>().Current;

    public IModelRouter Router => _host.Services.GetRequiredService<IModelRouter>();

    public IReadOnlyList<string> Calls => Adapter.Calls;

    public TargetState State(string deployment) => _host.Services.GetRequiredService<TargetStates>().Deployment(deployment);

    public void Dispose() => _host.Dispose();

    /// <summary>Providers without credentials.</summary>
    public RouteScene Providers(params string[] names)
    {
        _providers.AddRange(names.Select(name => new Provider { Name = name, Type = ScriptedAdapter.TypeName, CreatedAt = DateTime.UnixEpoch, UpdatedAt = DateTime.UnixEpoch }));
        return Build();
    }

    public RouteScene Credential(string provider, string secret, decimal weight = 1)
    {
        var row = new ProviderCredentialRow
        {
            ProviderId = _providers.Single(known => known.Name == provider).Id,
            Name = secret,
            WeightThousandths = RouteConfig.Thousandths(weight),
            CreatedAt = DateTime.UnixEpoch,
        };
        row.Credential = _vault.Seal(row.Id, secret);
        _credentials.Add(row);
        return Build();
    }

    /// <summary>An alias that leads to one target, or to another alias.</summary>
    public RouteScene Simple(string alias, string? provider, string model, string? config = null) => Alias(alias, RoutingTypes.Simple, config, provider, model);

    public RouteScene Alias(string alias, string type, string? config, string? provider = null, string? model = null)
    {
        _models.RemoveAll(row => row.Alias == alias);
        _models.Add(new ModelAlias { Alias = alias, RoutingType = type, RoutingConfig = config, Provider = provider, Model = model, CreatedAt = DateTime.UnixEpoch });
        return Build();
    }

    /// <summary>An alias over <c>m</c> of these providers, in turns.</summary>
    public RouteScene Balanced(string alias, string more, params string[] providers)
        => Alias(alias, RoutingTypes.LoadBalance, $$"""{"providers":[{{string.Join(',', providers.Select(name => $$"""{"provider":"{{name}}"}"""))}}]{{more}}}""", model: "m");

    public RouteScene Deployment(string group, string provider, string model, Action<DeploymentRow>? change = null)
    {
        var row = new DeploymentRow
        {
            Name = $"{provider}/{model}", ModelName = group, Provider = provider, Model = model, CreatedAt = DateTime.UnixEpoch, UpdatedAt = DateTime.UnixEpoch,
        };
        change?.Invoke(row);
        _deployments.Add(row);
        return Build();
    }

    public RouteScene Price(string provider, string model, decimal usdPerMillion)
    {
        var nano = NanoUsd.FromUsd(usdPerMillion).Value;
        _prices.Add(PriceRows.Of(provider, model, nano, nano));
        return Build();
    }

    /// <summary>A new snapshot of the rows as they are.</summary>
    public RouteScene Build()
    {
        _host.Services.GetRequiredService<RoutingTable>().Current = _host.Services.GetRequiredService<SnapshotBuilder>().Build(
            new RoutingRows(_providers, _credentials, _deployments, _models, _prices));
        return this;
    }

    public Task<Outcome> CallAsync(string model, string? tags = null, bool stream = false) => CallUntilAsync(model, tags, stream, CancellationToken.None);

    /// <param name="left">The client leaves.</param>
    public async Task<Outcome> CallUntilAsync(string model, string? tags, bool stream, CancellationToken left)
    {
        await using var dispatch = await StartAsync(model, tags, stream, left);
        while (await dispatch.ReadAsync(TimeLimit.Token()) is { IsEmpty: false })
        {
            // To its end.
        }

        return new Outcome(dispatch.Head, dispatch.End!);
    }

    public Task<Dispatch> StartAsync(string model, string? tags, bool stream, CancellationToken left)
    {
        var body = Encoding.UTF8.GetBytes(
            $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"hi"}]}""");
        var request = new DispatchRequest
        {
            CallId = Guid.NewGuid(),
            KeyId = Guid.NewGuid(),
            Format = ClientFormat.Chat,
            Tags = tags?.Split(','),
            Facts = FactsReader.Read(ChatFormat.Instance, body),
        };
        return Router.DispatchAsync(request, body, left);
    }

    internal sealed record Outcome(DispatchHead Head, DispatchEnd End)
    {
        public GatewayError? Error => Head.Error ?? End.Error;

        public string AnsweredBy => Head.Error is null ? $"{Head.Provider}/{Head.UpstreamModel}" : $"error {Head.Error.Code}";

        public IReadOnlyList<string?> Reasons => [.. End.Attempts.Select(attempt => attempt.Reason)];
    }

    private sealed class Highest : Random
    {
        public override double NextDouble() => 1;
    }
}
