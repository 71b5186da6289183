using KeyService;
using Tests.TestKit;

namespace Tests.Keys;

/// <summary>The key module on each database, once for a test class.</summary>
public sealed class KeyModules : IAsyncDisposable
{
    private readonly Dictionary<string, ModuleHost> _hosts = [];

    internal Databases Databases { get; } = new();

    internal async Task<ModuleHost> StartAsync(string database)
    {
        if (!_hosts.TryGetValue(database, out var host))
        {
            var connectionString = await Databases.ConnectionStringAsync(database);
            host = await ModuleHost.StartAsync("keys", connectionString, builder => builder.AddKeyLedger());
            _hosts.Add(database, host);
        }

        return host;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Values)
        {
            await host.DisposeAsync();
        }

        await Databases.DisposeAsync();
    }
}
