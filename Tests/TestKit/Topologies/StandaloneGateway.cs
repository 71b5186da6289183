using System.Net.Http.Headers;
using Shouldly;

namespace Tests.TestKit.Topologies;

/// <summary>The gateway in one process.</summary>
public sealed class StandaloneGateway : IGateway
{
    private readonly DataFolder _data = new();
    private readonly IReadOnlyDictionary<string, string> _connectionStrings;
    private GatewayProcess? _process;

    private readonly IReadOnlyDictionary<string, string> _environment;

    private StandaloneGateway(IReadOnlyDictionary<string, string> connectionStrings, IReadOnlyDictionary<string, string> environment)
        => (_connectionStrings, _environment) = (connectionStrings, environment);

    public Uri EdgeUrl { get; private set; } = new(Ports.NextUrl());

    public string AdminKey { get; private set; } = "";

    public string DevelopmentKey { get; private set; } = "";

    public string DataDirectory => _data.Path;

    public IReadOnlyCollection<string> ConnectionStrings => [.. _connectionStrings.Values];

    public OutputLog Output { get; } = new();

    /// <param name="connectionStrings">By the names of configuration.</param>
    /// <param name="environment">Further variables of its process.</param>
    public static async Task<StandaloneGateway> StartNewAsync(
        IReadOnlyDictionary<string, string>? connectionStrings = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var gateway = new StandaloneGateway(connectionStrings ?? new Dictionary<string, string>(), environment ?? new Dictionary<string, string>());
        try
        {
            await gateway.StartAsync();
            gateway.AdminKey = await gateway._process!.WaitForLineAsync("admin key:");
            gateway.DevelopmentKey = await gateway._process.WaitForLineAsync("development key:");
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    public HttpClient CreateClient(string? key = null) => GatewayClients.Create(EdgeUrl, key);

    public async Task StartAsync()
    {
        // The port of its first start again, so that clients need not know.
        _process = GatewayProcess.Start(
            DataDirectory,
            Output,
            EdgeUrl.GetLeftPart(UriPartial.Authority),
            _connectionStrings.Concat(_environment)
                .ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => (string?)setting.Value));
        EdgeUrl = new Uri(await _process.WaitForLineAsync("edge:"));
    }

    public async Task StopAsync() => (await _process!.StopAsync()).ShouldBe(0, Output.Text());

    public async Task KillAsync()
    {
        await _process!.DisposeAsync();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _data.Dispose();
    }
}

internal static class GatewayClients
{
    public static HttpClient Create(Uri edgeUrl, string? key)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = edgeUrl };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }
}
