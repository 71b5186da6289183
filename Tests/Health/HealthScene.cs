using System.Collections.Concurrent;
using Gateway.Contracts.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RoutingService;
using RoutingService.Data;
using RoutingService.Health;
using RoutingService.Models;
using RoutingService.Providers;
using RoutingService.Snapshots;
using RoutingService.Targets;
using Tests.Compat;
using Tests.TestKit;

namespace Tests.Health;

/// <summary>A router with one provider that a test plays, its alias <c>m</c>, and a clock that the test moves.</summary>
internal sealed class HealthScene : IAsyncDisposable
{
    private const string Name = "p";
    private readonly Databases _databases = new();
    private ModuleHost _host = null!;

    public PlayedAdapter Adapter { get; } = new();

    public ProviderEntry Provider => _host.Get<RoutingTable>().Current.Providers[Name];

    public HealthStatus Status => Provider.Target.Health.Status;

    public TargetState Target => _host.Get<RoutingTable>().Current.Resolve("m")!.Deployments[0].State;

    public Breaker Breaker => Target.Breaker;

    public ManualClock Clock => _host.Clock;

    private HealthMonitor Monitor => _host.Get<IEnumerable<IHostedService>>().OfType<HealthMonitor>().Single();

    public T Get<T>()
        where T : notnull
        => _host.Get<T>();

    /// <param name="outputPerMillion">In nano-dollars; null leaves the model without a price.</param>
    public static async Task<HealthScene> StartAsync(long? outputPerMillion = null, params (string Name, string Value)[] settings)
    {
        var scene = new HealthScene();
        scene._host = await ModuleHost.StartAsync("routing", await scene._databases.ConnectionStringAsync(Databases.Sqlite), builder =>
        {
            foreach (var (name, value) in settings)
            {
                builder.Configuration[$"Routing:Health:{name}"] = value;
            }

            builder.AddModelRouter();
            builder.Services.AddSingleton<IProviderAdapter>(scene.Adapter);
        });
        await using var database = await scene.Get<IDbContextFactory<RoutingDbContext>>().CreateDbContextAsync(TimeLimit.Token());
        var now = scene.Clock.GetUtcNow().UtcDateTime;
        database.Providers.Add(new Provider { Name = Name, Type = scene.Adapter.Type, BaseUrl = "https://p.example", CreatedAt = now, UpdatedAt = now });
        database.Models.Add(new ModelAlias { Alias = "m", Provider = Name, Model = "one", CreatedAt = now });
        if (outputPerMillion is { } price)
        {
            database.PriceRows.Add(PriceRows.Of(Name, "one", output: price));
        }

        await database.SaveChangesAsync(TimeLimit.Token());
        await scene.Get<SnapshotLoader>().ReloadAsync(TimeLimit.Token());
        return scene;
    }

    /// <summary>Time goes on until so many more checks have ended, and what follows from them is done.</summary>
    public async Task PassChecksAsync(int count)
    {
        var wanted = Adapter.Checks + count;
        await PassTimeAsync($"{wanted} checks", () => Adapter.Checks >= wanted);
        await WhileCheckingAsync(TimeLimit.Token());
    }

    public Task PassTimeAsync(string until, Func<bool> isReached) => TimeLimit.PollAsync(until, async token =>
    {
        for (var step = 0; step < 20 && !isReached(); step++)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(5, token);
            await WhileCheckingAsync(token);
        }

        return isReached() ? this : null;
    });

    private async Task WhileCheckingAsync(CancellationToken token)
    {
        while (Monitor.IsChecking)
        {
            await Task.Delay(1, token);
        }
    }

    public async Task<Provider> RowAsync()
    {
        await using var database = await Get<IDbContextFactory<RoutingDbContext>>().CreateDbContextAsync(TimeLimit.Token());
        return await database.Providers.AsNoTracking().SingleAsync(row => row.Name == Name, TimeLimit.Token());
    }

    public void FailCalls(int count = 3)
    {
        for (var call = 0; call < count; call++)
        {
            Breaker.TryPass(out var isProbe);
            Breaker.Failed(isProbe, "upstream_error");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _databases.DisposeAsync();
    }

    internal sealed class PlayedAdapter : IProviderAdapter
    {
        private int _checks;

        public string Type => "played";

        public ProviderProbe Probe { get; set; } = new(ProbeOutcome.Well);

        public int Checks => Volatile.Read(ref _checks);

        public ConcurrentQueue<ProviderCall> Calls { get; } = new();

        public Task<ProviderProbe> CheckAsync(ProviderTarget provider, CancellationToken cancellationToken)
        {
            var probe = Probe;
            Interlocked.Increment(ref _checks);
            return Task.FromResult(probe);
        }

        public Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken)
        {
            Calls.Enqueue(call);
            return Task.FromResult<ProviderAnswer>(
                new WholeAnswer("{}"u8.ToArray(), 200, (new TokenUsage { Input = 1, Output = 1 }, UsageSource.Provider)));
        }
    }
}
