using Gateway.Edge;
using KeyService;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RoutingService;
using ServiceDefaults.Hosting;
using ServiceDefaults.Settings;
using Tests.Compat;
using UsageService;

namespace Tests.TestKit.Topologies;

/// <summary>The services in the process of the test, as <c>Gateway.Standalone</c> puts them together, with a clock that the test moves.</summary>
public sealed class ClockedGateway : IGateway
{
    private readonly DataFolder _data = new();
    private readonly IReadOnlyDictionary<string, string> _connectionStrings;
    private readonly string _pepper = SecretSetting.Create();
    private readonly string _masterKey = SecretSetting.Create();
    private WebApplication? _app;
    private Task<int>? _running;

    private readonly Action<WebApplicationBuilder>? _replace;

    private readonly IReadOnlyDictionary<string, string> _settings;

    private ClockedGateway(
        IReadOnlyDictionary<string, string> connectionStrings, IReadOnlyDictionary<string, string> settings, Action<WebApplicationBuilder>? replace)
        => (_connectionStrings, _settings, _replace) = (connectionStrings, settings, replace);

    public Uri EdgeUrl { get; private set; } = new(Ports.NextUrl());

    public string AdminKey { get; } = AdminKeySetting.Create();

    public string DevelopmentKey => "";

    public string DataDirectory => _data.Path;

    public IReadOnlyCollection<string> ConnectionStrings => [.. _connectionStrings.Values];

    /// <summary>It logs nothing.</summary>
    public OutputLog Output { get; } = new();

    public IServiceProvider Services => _app!.Services;

    internal ManualClock Clock { get; } = new();

    /// <summary>It begins on Wednesday, 18 November 2026, at noon.</summary>
    /// <param name="store">Of all three services.</param>
    /// <param name="replace">Puts a part of the test's own in the place of one.</param>
    /// <param name="settings">What it is told from the start, by names of configuration.</param>
    public static async Task<ClockedGateway> StartNewAsync(
        Store store = Store.Sqlite, Action<WebApplicationBuilder>? replace = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var gateway = new ClockedGateway(await Stores.CreateAsync(store), settings ?? new Dictionary<string, string>(), replace);
        gateway.Clock.Advance(new DateTime(2026, 11, 18, 12, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch);
        await gateway.StartAsync();
        return gateway;
    }

    public HttpClient CreateClient(string? key = null) => GatewayClients.Create(EdgeUrl, key);

    public async Task StartAsync()
    {
        var started = new TaskCompletionSource<WebApplication>(TaskCreationOptions.RunContinuationsAsynchronously);
        _running = GatewayHost.RunAsync(
            [
                "--urls", EdgeUrl.GetLeftPart(UriPartial.Authority),
                $"--{ServiceDefaults.Settings.DataDirectory.Name}={DataDirectory}",
                $"--{AdminKeySetting.Name}={AdminKey}",
                $"--{SecretSetting.KeyPepper}={_pepper}",
                $"--{SecretSetting.MasterKey}={_masterKey}",
                "--Routing:Health:Enabled=false",
                $"--{EnvFile.Setting}={EnvFile.None}",

                // Nobody moves the clock for a wait between two attempts.
                "--Routing:Retry:MaxAttempts=1",
                .. _connectionStrings.Concat(_settings).Select(setting => $"--{setting.Key}={setting.Value}"),
            ],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton<TimeProvider>(Clock);
                builder.AddKeyLedger();
                builder.AddModelRouter();
                builder.AddUsageLog();
                builder.AddEdge();
                _replace?.Invoke(builder);
            },
            app =>
            {
                app.MapEdge();
                app.MapKeyAdmin();
                app.MapRoutingAdmin();
                app.MapUsageAdmin();
                app.Lifetime.ApplicationStarted.Register(() => started.SetResult(app));
            });
        _app = await Task.WhenAny(_running, started.Task) == started.Task
            ? await started.Task
            : throw new InvalidOperationException("The gateway did not start.");
        EdgeUrl = new Uri(_app.Urls.Single());
    }

    public async Task StopAsync()
    {
        if (_running is { } running)
        {
            _running = null;
            _app?.Lifetime.StopApplication();
            await running;
        }
    }

    public Task KillAsync() => throw new NotSupportedException("It is the process of the test.");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _data.Dispose();
    }
}
