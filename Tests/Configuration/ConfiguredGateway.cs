using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gateway.Configuration;
using Gateway.Configuration.Plans;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Configuration;

/// <summary>A gateway in the process of the test, and what is done to it with files.</summary>
public sealed class ConfiguredGateway : IAsyncLifetime
{
    public ClockedGateway Gateway { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Gateway = await ClockedGateway.StartNewAsync();
        Admin = Gateway.CreateClient(Gateway.AdminKey);
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Gateway.DisposeAsync();
    }

    /// <summary>Every variable has a value of its own name.</summary>
    public static GatewayFile Parse(string yaml, Func<string, string?>? environment = null)
        => GatewayFile.Parse(yaml, options: new GatewayFileOptions { Environment = environment ?? (name => $"sk-{name}") });

    public Task<ConfigurationPlan> PlanAsync(string yaml, PlanOptions? options = null, Func<string, string?>? environment = null)
        => ConfigurationPlan.MakeAsync(Admin, Parse(yaml, environment), options, Gateway.Clock, TimeLimit.Token());

    public async Task<ApplyResult> ApplyAsync(string yaml, PlanOptions? options = null, Func<string, string?>? environment = null)
    {
        var plan = await PlanAsync(yaml, options, environment);
        plan.Faults.ShouldBeEmpty();
        return await plan.ApplyAsync(Admin, cancellationToken: TimeLimit.Token());
    }

    public async Task<string> ExportAsync()
    {
        var writer = new StringWriter { NewLine = "\n" };
        await ConfigurationExport.WriteAsync(Admin, writer, timeProvider: Gateway.Clock, cancellationToken: TimeLimit.Token());
        return writer.ToString();
    }

    public async Task<(int Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, object? body = null, bool asFile = false)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType()) };
        if (asFile)
        {
            request.Headers.Add("Gateway-Managed-By", "file");
        }

        using var response = await Admin.SendAsync(request, TimeLimit.Token());
        var text = await response.Content.ReadAsStringAsync(TimeLimit.Token());
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public async Task<JsonObject> FindAsync(string list, string field, string name)
        => (await SendAsync(HttpMethod.Get, $"/admin/{list}?limit=200")).Body!["data"]!.AsArray().Single(item => item![field]!.GetValue<string>() == name)!.AsObject();

    public async Task<(int Status, string Text)> ChatAsync(string key, string model = "echo", bool stream = false)
    {
        using var client = Gateway.CreateClient(key);
        using var response = await client.PostAsJsonAsync(
            "/v1/chat/completions", new { model, stream, messages = new[] { new { role = "user", content = "Say something." } } }, TimeLimit.Token());
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TimeLimit.Token()));
    }

    public static string Hash(string secret) => "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)));

}
