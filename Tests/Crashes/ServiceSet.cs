using System.Security.Cryptography;
using ServiceDefaults.Settings;
using Tests.TestKit;
using Tests.TestKit.Topologies;

namespace Tests.Crashes;

/// <summary>
/// The gateway as four processes without an AppHost between, so that each can be killed and started again on its port. Leases that nobody
/// announces end after seconds, and the ledger checks itself every second: "idle" is soon after a kill.
/// </summary>
internal sealed class ServiceSet : IGateway
{
    public const string Edge = "Gateway.Edge";
    public const string Keys = "KeyService";
    public const string Routing = "RoutingService";
    public const string Usage = "UsageService";

    private static readonly string[] Names = [Keys, Routing, Usage, Edge];

    private readonly DataFolder _data = new();
    /// <summary>A service that starts again needs the one that it had.</summary>
    private readonly Dictionary<string, string> _urls = Names.ToDictionary(name => name, _ => Ports.NextUrl());
    private readonly Dictionary<string, GatewayProcess> _processes = [];
    private readonly Dictionary<string, string?> _settings;
    private readonly HttpClient _probe = new(new SocketsHttpHandler { UseProxy = false });

    private ServiceSet(IReadOnlyDictionary<string, string> connectionStrings)
    {
        _settings = new Dictionary<string, string?>
        {
            [SecretSetting.EnvironmentName(SecretSetting.MasterKey)] = SecretSetting.Create(),
            [SecretSetting.EnvironmentName(SecretSetting.KeyPepper)] = SecretSetting.Create(),
            [SecretSetting.EnvironmentName(SecretSetting.InternalKey)] = SecretSetting.Create(),
            [SecretSetting.EnvironmentName(AdminKeySetting.Name)] = AdminKey,
            ["Keys__Ledger__LeaseSeconds"] = "1",
            ["Keys__Ledger__CheckSeconds"] = "1",
            ["Logging__LogLevel__Default"] = "Warning",

            // A line with its stack for each call that finds a service away.
            ["Logging__LogLevel__Gateway.Edge.Errors.ErrorBodies"] = "Error",

            // They live for seconds.
            ["DOTNET_TieredPGO"] = "0",
        };
        foreach (var name in Names)
        {
            _settings[$"services__{name.ToLowerInvariant()}__http__0"] = AddressOf(name).OriginalString;
        }

        foreach (var (database, connectionString) in connectionStrings)
        {
            _settings[$"ConnectionStrings__{database}"] = connectionString;
        }

        ConnectionStrings = [.. connectionStrings.Values];
        UsageDatabase = connectionStrings.GetValueOrDefault("usage") ?? $"Data Source={Path.Combine(DataDirectory, "usage.db")}";
    }

    public Uri EdgeUrl => AddressOf(Edge);

    public string AdminKey { get; } = AdminKeySetting.Prefix + RandomNumberGenerator.GetHexString(32);

    public string DevelopmentKey => "";

    public string DataDirectory => _data.Path;

    public IReadOnlyCollection<string> ConnectionStrings { get; }

    public string UsageDatabase { get; }

    public OutputLog Output { get; } = new();

    public static async Task<ServiceSet> StartNewAsync(IReadOnlyDictionary<string, string>? connectionStrings = null)
    {
        var services = new ServiceSet(connectionStrings ?? new Dictionary<string, string>());
        try
        {
            await services.StartAsync();
            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    public HttpClient CreateClient(string? key = null) => GatewayClients.Create(EdgeUrl, key);

    public async Task StartAsync()
    {
        foreach (var name in Names)
        {
            Start(name);
        }

        foreach (var name in Names)
        {
            await WaitUntilReadyAsync(name);
        }
    }

    public void Start(string name)
        => _processes[name] = GatewayProcess.Start(DataDirectory, Output, AddressOf(name).OriginalString, _settings, name);

    public async Task KillAsync()
    {
        foreach (var name in Names)
        {
            await KillAsync(name);
        }
    }

    public async Task KillAsync(string name)
    {
        await _processes[name].KillAsync();
        await _processes[name].DisposeAsync();
    }

    public Task WaitUntilReadyAsync(string name) => TimeLimit.PollAsync($"{name} to be ready:\n{Output.Text()}", async token =>
    {
        try
        {
            var status = await HealthAsync(name, token);
            return status is "healthy" or "degraded" ? status : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    });

    /// <summary>healthy, degraded or unhealthy.</summary>
    public async Task<string> HealthAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await _probe.GetAsync(new Uri(AddressOf(name), "/health"), cancellationToken);
        using var body = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        return body.RootElement.GetProperty("status").GetString()!;
    }

    public async Task StopAsync()
    {
        foreach (var process in _processes.Values)
        {
            await process.StopAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values)
        {
            await process.DisposeAsync();
        }

        _probe.Dispose();
        _data.Dispose();
    }

    private Uri AddressOf(string name) => new(_urls[name]);
}
