using Shouldly;
using Tests.TestKit.Topologies;

namespace Tests.Limits;

/// <summary>One more Edge, as a program, in front of the services of a gateway.</summary>
public sealed class EdgeReplica : IGateway
{
    private static readonly string[] Services = ["keyservice", "routingservice", "usageservice"];

    private readonly DataFolder _data = new();
    private readonly AspireGateway _gateway;
    private GatewayProcess? _process;

    private EdgeReplica(AspireGateway gateway) => _gateway = gateway;

    public Uri EdgeUrl { get; private set; } = new("http://127.0.0.1:0");

    public string AdminKey => _gateway.AdminKey;

    public string DevelopmentKey => _gateway.DevelopmentKey;

    public string DataDirectory => _data.Path;

    public IReadOnlyCollection<string> ConnectionStrings => _gateway.ConnectionStrings;

    public OutputLog Output { get; } = new();

    public static async Task<EdgeReplica> StartAsync(AspireGateway gateway)
    {
        var replica = new EdgeReplica(gateway);
        await replica.StartAsync();
        return replica;
    }

    public HttpClient CreateClient(string? key = null) => GatewayClients.Create(EdgeUrl, key);

    public async Task StartAsync()
    {
        var settings = Services.ToDictionary(service => $"services__{service}__http__0", service => (string?)_gateway.AddressOf(service).ToString());
        settings.Add("Gateway__InternalKey", Convert.ToBase64String(_gateway.InternalKey));
        _process = GatewayProcess.Start(DataDirectory, Output, settings: settings, program: "Gateway.Edge");
        EdgeUrl = new Uri(await _process.WaitForLineAsync("      Now listening on:"));
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
