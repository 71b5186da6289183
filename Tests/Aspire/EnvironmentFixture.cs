using System.Net.Http.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Xunit;

namespace Tests.Aspire;

/// <summary>One running application whose service <c>subject</c> tells what it was given.</summary>
public sealed class EnvironmentFixture : IAsyncLifetime
{
    private DistributedApplication? _application;

    public IDictionary<string, string> Environment { get; private set; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Arguments { get; private set; } = [];

    public Uri Neighbour => _application!.GetEndpoint("neighbour");

    public Uri NeighbourAdmin => _application!.GetEndpoint("neighbour", "admin");

    public Uri Subject => _application!.GetEndpoint("subject");

    public async ValueTask InitializeAsync()
    {
        var builder = DistributedApplicationTestingBuilder.Create("--ConnectionStrings:store=Data Source=x", "--Parameters:api_key=from configuration");
        var neighbour = builder.AddProject<Projects.Probe>("neighbour").WithHttpEndpoint(name: "admin");
        var key = builder.AddParameter("api-key", secret: true);
        var region = builder.AddParameter("region", "eu");
        var store = builder.AddConnectionString("store");
        var derived = builder.AddConnectionString("derived", ReferenceExpression.Create($"Host={neighbour.GetEndpoint("http").Property(EndpointProperty.Host)};{{x}}"));
        builder.AddProject<Projects.Probe>("subject")
            .WithReference(neighbour)
            .WithReference(store)
            .WithReference(derived, "Renamed")
            .WithEnvironment("PLAIN", "text")
            .WithEnvironment("LATE", () => "from a callback")
            .WithEnvironment("FROM_ENDPOINT", neighbour.GetEndpoint("http"))
            .WithEnvironment("FROM_PARAMETER", key)
            .WithEnvironment("FROM_STORE", store)
            .WithEnvironment("INTERPOLATED", $"{neighbour.GetEndpoint("http")}/v1?region={region}")
            .WithEnvironment("PROBE_FROM_PROFILE", "overridden")
            .WithEnvironment(context => context.EnvironmentVariables["FROM_CONTEXT"] = context.Resource.Name)
            .WithArgs("--first", "second one");

        _application = await builder.BuildAsync(Deadline.Token());
        await _application.StartAsync(Deadline.Token());
        await _application.ResourceNotifications.WaitForResourceAsync("subject", KnownResourceStates.Running, Deadline.Token());

        using var client = _application.CreateHttpClient("subject");
        Environment = await GetAsync<Dictionary<string, string>>(client, "/environment");
        Arguments = await GetAsync<List<string>>(client, "/arguments");
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
        {
            await _application.DisposeAsync();
        }
    }

    /// <summary>Running means started: the listener may still be on its way.</summary>
    private static async Task<T> GetAsync<T>(HttpClient client, string path)
    {
        var deadline = Deadline.Token();
        while (true)
        {
            try
            {
                return (await client.GetFromJsonAsync<T>(path, deadline))!;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100, deadline);
            }
        }
    }
}
