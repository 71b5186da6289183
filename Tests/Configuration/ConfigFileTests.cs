using System.Text.Json.Nodes;
using Gateway.Edge.ConfigFile;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RoutingService.Data;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Configuration;

/// <summary>A gateway that follows its configuration file.</summary>
public sealed class ConfigFileTests : IDisposable
{
    private readonly DataFolder _folder = new();

    private string FilePath => Path.Combine(_folder.Path, "gateway.yaml");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task File_WhenItIsThereAtTheStart_IsInForceBeforeTheFirstCall()
    {
        await WriteAsync("models: {from-file: {model: echo}}\nkeys: {client: {hash: '" + ConfiguredGateway.Hash("sk-of-the-file") + "'}}\nclassifier: {timeout_ms: 80}");
        await using var gateway = await StartAsync();

        (await ChatAsync(gateway, "from-file")).ShouldBe(200);
        var state = await StateAsync(gateway);
        state["state"]!.GetValue<string>().ShouldBe("applied");
        state["changes"]!.GetValue<int>().ShouldBe(2);
        state["hash"]!.GetValue<string>().Length.ShouldBe(64);
    }

    [Fact]
    public async Task File_WhenItChanges_IsAppliedAndABadOneIsNot()
    {
        await WriteAsync("models: {first: {model: echo}}\nkeys: {client: {hash: '" + ConfiguredGateway.Hash("sk-of-the-file") + "'}}");
        await using var gateway = await StartAsync();
        var watch = gateway.Services.GetRequiredService<ConfigFileWatch>();

        await WriteAsync("models: {second: {mode: echo}}");
        (await watch.LookAsync(TimeLimit.Token())).ShouldBeFalse();
        var failed = await StateAsync(gateway);
        failed["state"]!.GetValue<string>().ShouldBe("failed");
        failed["faults"]![0]!["line"]!.GetValue<int>().ShouldBe(1);
        failed["faults"]![0]!["message"]!.GetValue<string>().ShouldContain("Did you mean 'model'?");
        (await ChatAsync(gateway, "first")).ShouldBe(200);
        using var client = gateway.CreateClient();
        (await client.GetStringAsync("/health", TimeLimit.Token())).ShouldContain("Degraded");

        await WriteAsync("models: {second: {model: echo}}\nkeys: {client: {hash: '" + ConfiguredGateway.Hash("sk-of-the-file") + "'}}");
        (await watch.LookAsync(TimeLimit.Token())).ShouldBeTrue();
        (await ChatAsync(gateway, "second")).ShouldBe(200);
        (await ChatAsync(gateway, "first")).ShouldBe(404);
        (await StateAsync(gateway))["state"]!.GetValue<string>().ShouldBe("applied");
    }

    [Fact]
    public async Task File_WhenItChanges_IsSeenByThePoll()
    {
        await WriteAsync("models: {first: {model: echo}}");
        await using var gateway = await StartAsync();
        var watch = gateway.Services.GetRequiredService<ConfigFileWatch>();
        var before = watch.State.Hash;

        await WriteAsync("models: {other: {model: echo}}");
        for (var limit = TimeLimit.Token(); watch.State.Hash == before; await Task.Delay(10, limit))
        {
            gateway.Clock.Advance(TimeSpan.FromSeconds(2));
        }

        watch.State.Changes.ShouldBe(2);
    }

    /// <summary>Nothing is wrong with the file: it waits for the gateway.</summary>
    [Fact]
    public async Task File_WhenTheGatewayCannotTakeIt_IsTriedAgain()
    {
        await WriteAsync("models: {first: {model: echo}}");
        await using var gateway = await StartAsync();
        var watch = gateway.Services.GetRequiredService<ConfigFileWatch>();
        await using var database = await gateway.Services.GetRequiredService<IDbContextFactory<RoutingDbContext>>().CreateDbContextAsync(TimeLimit.Token());
        await database.Database.ExecuteSqlRawAsync("ALTER TABLE audit_chain RENAME TO audit_chain_away", TimeLimit.Token());
        await WriteAsync("models: {first: {model: echo}, second: {model: echo}}");

        (await watch.LookAsync(TimeLimit.Token())).ShouldBeFalse();
        watch.State.Faults.ShouldBeEmpty();
        await database.Database.ExecuteSqlRawAsync("ALTER TABLE audit_chain_away RENAME TO audit_chain", TimeLimit.Token());
        (await watch.LookAsync(TimeLimit.Token())).ShouldBeTrue();

        watch.State.Changes.ShouldBe(1);
    }

    [Fact]
    public async Task File_WhenWhatItWasRefusedForIsPutRight_IsInForceAfterASignal()
    {
        await WriteAsync("models: {first: {model: echo}}");
        await using var gateway = await StartAsync();
        var watch = gateway.Services.GetRequiredService<ConfigFileWatch>();
        using var admin = gateway.CreateClient(gateway.AdminKey);
        using var created = await admin.PostAsync(
            "/admin/models", new StringContent("""{"alias":"second","provider":"simulated","model":"lorem"}""", null, "application/json"), TimeLimit.Token());
        await WriteAsync("models: {first: {model: echo}, second: {model: echo}}");
        (await watch.LookAsync(TimeLimit.Token())).ShouldBeFalse();
        watch.State.Faults.ShouldNotBeEmpty();

        (await admin.DeleteAsync(created.Headers.Location, TimeLimit.Token())).EnsureSuccessStatusCode();
        watch.Wake();

        await TimeLimit.PollAsync("the file", _ => Task.FromResult(watch.State is { Faults.Count: 0, Changes: 1 } ? watch.State : null));
    }

    [Theory]
    [InlineData("modells: {}")]
    [InlineData("models: {a: {routing_type: fallback, model: m}}")]
    public async Task File_WhenItIsBadAtTheStart_NothingStarts(string yaml)
    {
        await WriteAsync(yaml);

        await Should.ThrowAsync<InvalidOperationException>(StartAsync);
    }

    /// <summary>As <c>OPENAI_API_KEY=… gateway init</c> writes it: the variable makes a provider of its own, whose place the file's takes.</summary>
    [Fact]
    public async Task File_WhenTheEnvironmentHasAProviderOfTheName_TakesItsPlaceAndLeavesTheOthers()
    {
        await WriteAsync(
            "providers: {openai: {type: openai, api_key: '${env:OPENAI_API_KEY}'}}\nmodels: {fast: {provider: openai, model: m}, other: {provider: groq, model: m}}\nkeys: {client: {hash: '"
            + ConfiguredGateway.Hash("sk-of-the-file") + "'}}");
        var variables = Path.Combine(_folder.Path, ".env");
        await File.WriteAllLinesAsync(variables, ["OPENAI_API_KEY=sk-one", "GROQ_API_KEY=sk-two", "AUTH_KEY=sk-of-the-environment"], TimeLimit.Token());

        await using var gateway = await ClockedGateway.StartNewAsync(settings: new Dictionary<string, string> { ["Gateway:EnvFile"] = variables, ["Gateway:ConfigFile"] = FilePath });

        (await StateAsync(gateway))["state"]!.GetValue<string>().ShouldBe("applied");
        using var admin = gateway.CreateClient(gateway.AdminKey);
        var exported = new StringWriter();
        await global::Gateway.Configuration.ConfigurationExport.WriteAsync(admin, exported, cancellationToken: TimeLimit.Token());
        exported.ToString().ShouldSatisfyAllConditions(
            text => text.ShouldContain("  openai:\n"), text => text.ShouldNotContain("  groq:\n"), text => text.ShouldNotContain("  environment:\n"));
    }

    private Task WriteAsync(string yaml) => File.WriteAllTextAsync(FilePath, yaml, TimeLimit.Token());

    private Task<ClockedGateway> StartAsync() => ClockedGateway.StartNewAsync(replace: builder => builder.Configuration.AddInMemoryCollection(
        new Dictionary<string, string?> { ["Gateway:ConfigFile"] = FilePath }));

    private static async Task<int> ChatAsync(ClockedGateway gateway, string model)
    {
        using var client = gateway.CreateClient("sk-of-the-file");
        using var response = await client.PostAsync(
            "/v1/chat/completions",
            new StringContent($$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]}""", null, "application/json"),
            TimeLimit.Token());
        return (int)response.StatusCode;
    }

    private static async Task<JsonNode> StateAsync(ClockedGateway gateway)
    {
        using var admin = gateway.CreateClient(gateway.AdminKey);
        return JsonNode.Parse(await admin.GetStringAsync("/admin/config", TimeLimit.Token()))!;
    }
}
