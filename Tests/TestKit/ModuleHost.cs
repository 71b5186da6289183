using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Settings;
using Tests.Compat;

namespace Tests.TestKit;

/// <summary>A module of the gateway in a host without a server, on one database, with a clock that the test moves.</summary>
internal sealed class ModuleHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly Dictionary<string, string?> _settings;

    private ModuleHost(IHost host, Dictionary<string, string?> settings, ManualClock clock) => (_host, _settings, Clock) = (host, settings, clock);

    public ManualClock Clock { get; }

    public T Get<T>()
        where T : notnull
        => _host.Services.GetRequiredService<T>();

    public static Task<ModuleHost> StartAsync(string database, string connectionString, Action<IHostApplicationBuilder> add)
        => StartAsync(
            new Dictionary<string, string?>
            {
                [$"ConnectionStrings:{database}"] = connectionString,
                [SecretSetting.KeyPepper] = SecretSetting.Create(),
                [SecretSetting.MasterKey] = SecretSetting.Create(),
            },
            new ManualClock(),
            add);

    /// <summary>Another process of the same installation, now or after this one: its database, its secrets, its clock.</summary>
    public Task<ModuleHost> StartAnotherAsync(Action<IHostApplicationBuilder> add) => StartAsync(_settings, Clock, add);

    private static async Task<ModuleHost> StartAsync(Dictionary<string, string?> settings, ManualClock clock, Action<IHostApplicationBuilder> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Logging.ClearProviders();
        add(builder);
        var host = builder.Build();
        await host.StartAsync();
        return new ModuleHost(host, settings, clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
