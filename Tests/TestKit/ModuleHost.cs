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

    private ModuleHost(IHost host, ManualClock clock) => (_host, Clock) = (host, clock);

    public ManualClock Clock { get; }

    public T Get<T>()
        where T : notnull
        => _host.Services.GetRequiredService<T>();

    public static async Task<ModuleHost> StartAsync(string database, string connectionString, Action<IHostApplicationBuilder> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"ConnectionStrings:{database}"] = connectionString,
            [SecretSetting.KeyPepper] = SecretSetting.Create(),
            [SecretSetting.MasterKey] = SecretSetting.Create(),
        });
        var clock = new ManualClock();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Logging.ClearProviders();
        add(builder);
        var host = builder.Build();
        await host.StartAsync();
        return new ModuleHost(host, clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
