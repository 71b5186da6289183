using Gateway.Configuration.Plans;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Configuration;

/// <summary>They share a gateway, and what one file of them owns, that of the next one deletes.</summary>
public sealed class PlanTests(ConfiguredGateway gateway) : IClassFixture<ConfiguredGateway>, IAsyncLifetime
{
    private readonly ConfiguredGateway _gateway = gateway;

    public async ValueTask InitializeAsync() => (await _gateway.ApplyAsync("{}")).Fault.ShouldBeNull();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private const string Whole =
        """
        providers:
          plan-provider:
            type: openai_compatible
            base_url: http://127.0.0.1:9
            local: true
            api_key: ${env:FIRST}
            rpm_limit: 100
            credentials:
              second: {api_key: "${env:SECOND}", weight: 2}
        deployments:
          plan-deployment:
            model_name: plan-group
            provider: plan-provider
            model: m
            input_cost_per_million: 0.5
            output_cost_per_million: 1.5
        models:
          plan-model:
            routing_type: load_balance
            routing_config:
              providers: [{provider: plan-provider, model: m, weight: 0.5}]
              fallbacks: {general: [echo]}
          plan-echo: {model: echo}
        projects:
          plan-project: {budget_limit: 12.34, budget_period: monthly, tags: [a, b]}
        keys:
          plan-key:
            project: plan-project
            key: ${env:CLIENT}
            allowed_models: [plan-echo]
            model_limits: [{model: "plan*", rpm_limit: 10}]
        prices:
          - provider: plan-provider
            model: {starts_with: m}
            prices: [{input: 1, output: 2}]
        """;

    [Fact]
    public async Task Apply_WhenTheGatewayIsEmpty_MakesEverythingAndThenNothing()
    {
        var plan = await _gateway.PlanAsync(Whole);
        plan.Changes.Select(change => change.ToString()).ShouldBe(
        [
            "create project 'plan-project'", "create provider 'plan-provider'", "create credential 'plan-provider/second'",
            "create price 'plan-provider/{\"starts_with\":\"m\"}'", "create deployment 'plan-deployment'", "create model 'plan-model'",
            "create model 'plan-echo'", "create key 'plan-key'",
        ]);
        string.Join('\n', plan.Changes.SelectMany(change => change.Fields)).ShouldNotContain("sk-");
        var steps = new List<ApplyProgress>();

        var result = await plan.ApplyAsync(_gateway.Admin, new Steps(steps.Add), TimeLimit.Token());

        result.IsComplete.ShouldBeTrue(result.Fault);
        steps.Select(step => step.Done).ShouldBe(Enumerable.Range(1, 8));
        (await _gateway.ChatAsync("sk-CLIENT", "plan-echo")).Status.ShouldBe(200);
        (await _gateway.ChatAsync("sk-CLIENT")).Status.ShouldBe(403);
        (await _gateway.PlanAsync(Whole)).Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Api_WhenAThingIsTheFiles_IsReadOnlyExceptForOperations()
    {
        (await _gateway.ApplyAsync(Whole)).Fault.ShouldBeNull();
        var provider = await _gateway.FindAsync("providers", "name", "plan-provider");
        var key = await _gateway.FindAsync("keys", "name", "plan-key");
        var deployment = await _gateway.FindAsync("deployments", "name", "plan-deployment");

        var (status, problem) = await _gateway.SendAsync(HttpMethod.Patch, $"/admin/providers/{provider["id"]}", new { rpm_limit = 1 });

        status.ShouldBe(409);
        problem!["detail"]!.GetValue<string>().ShouldContain("gateway.yaml");
        provider["managed_by"]!.GetValue<string>().ShouldBe("file");
        (await _gateway.SendAsync(HttpMethod.Delete, $"/admin/keys/{key["id"]}")).Status.ShouldBe(409);
        (await _gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{key["id"]}/rotate", new { })).Status.ShouldBe(409);
        (await _gateway.SendAsync(HttpMethod.Post, $"/admin/providers/{provider["id"]}/credentials", new { name = "x", api_key = "y" })).Status.ShouldBe(409);
        foreach (var (list, field, name) in new[] { ("models", "alias", "plan-model"), ("deployments", "name", "plan-deployment"), ("projects", "name", "plan-project") })
        {
            (await _gateway.SendAsync(HttpMethod.Delete, $"/admin/{list}/{(await _gateway.FindAsync(list, field, name))["id"]}")).Status.ShouldBe(409);
        }

        var price = (await _gateway.SendAsync(HttpMethod.Get, "/admin/prices?origin=operator")).Body!["data"]!.AsArray().Single()!;
        (await _gateway.SendAsync(HttpMethod.Delete, $"/admin/prices/{price["id"]}")).Status.ShouldBe(409);
        (await _gateway.SendAsync(HttpMethod.Post, $"/admin/deployments/{deployment["id"]}/reset")).Status.ShouldBe(200);
        (await _gateway.SendAsync(HttpMethod.Post, $"/admin/providers/{provider["id"]}/health-check")).Status.ShouldBe(200);
        (await _gateway.SendAsync(HttpMethod.Patch, $"/admin/providers/{provider["id"]}", new { rpm_limit = 1 }, asFile: true)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Plan_WhenTheFileChanges_TellsEachFieldAndNoSecret()
    {
        (await _gateway.ApplyAsync(Whole)).Fault.ShouldBeNull();
        _gateway.Gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        var changed = Replace(
            Whole,
            ("rpm_limit: 100", "rpm_limit: 200"),
            ("12.34", "20"),
            ("weight: 0.5", "weight: 0.25"),
            ("${env:SECOND}", "${env:THIRD}"),
            ("[{input: 1, output: 2}]", "[{input: 3, output: 4}]"),
            ("${env:CLIENT}", "${env:OTHER}"));

        var plan = await _gateway.PlanAsync(changed);

        plan.Changes.Select(change => $"{change}: {string.Join("; ", change.Fields.Where(field => field.Field != "routing_config"))}").ShouldBe(
        [
            "update project 'plan-project': budget_limit: 12.34 -> 20",
            "update provider 'plan-provider': rpm_limit: 100 -> 200",
            "update credential 'plan-provider/second': api_key: (secret) changed",
            "update price 'plan-provider/{\"starts_with\":\"m\"}': prices: [{\"input\":1,\"output\":2}] -> [{\"input\":3,\"output\":4}]",
            "update model 'plan-model': ",
            "update key 'plan-key': hash: (secret) changed",
        ]);
        (await plan.ApplyAsync(_gateway.Admin, cancellationToken: TimeLimit.Token())).Fault.ShouldBeNull();
        (await _gateway.PlanAsync(changed)).Changes.ShouldBeEmpty();
        (await _gateway.ChatAsync("sk-CLIENT", "plan-echo")).Status.ShouldBe(401);
        (await _gateway.ChatAsync("sk-OTHER", "plan-echo")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Plan_WhenThingsLeaveTheFile_DeletesThemAndNoOthers()
    {
        (await _gateway.ApplyAsync(Whole)).Fault.ShouldBeNull();
        (await _gateway.SendAsync(HttpMethod.Post, "/admin/projects", new { name = "by hand" })).Status.ShouldBe(201);

        (await _gateway.ApplyAsync("models: {}")).Fault.ShouldBeNull();

        (await _gateway.PlanAsync("models: {}")).Changes.ShouldBeEmpty();
        (await _gateway.FindAsync("projects", "name", "by hand"))["managed_by"].ShouldBeNull();
        (await _gateway.FindAsync("models", "alias", "echo")).ShouldNotBeNull();
        (await _gateway.ChatAsync("sk-CLIENT", "plan-echo")).Status.ShouldBe(401);

        // Pruning is of the sections that the file has.
        (await _gateway.PlanAsync("projects: {}", new PlanOptions { Prunes = true })).Changes.ShouldHaveSingleItem().ToString().ShouldBe("delete project 'by hand'");
        (await _gateway.ApplyAsync(Whole)).Fault.ShouldBeNull();
    }

    [Fact]
    public async Task Plan_WhenSomebodyElseMadeAThing_TakesItOverOnlyWhenAsked()
    {
        (await _gateway.SendAsync(HttpMethod.Post, "/admin/projects", new { name = "shared", rpm_limit = 5 })).Status.ShouldBe(201);

        var refused = await _gateway.PlanAsync("projects: {shared: {rpm_limit: 6}}");
        refused.Faults.ShouldHaveSingleItem().ToString().ShouldContain("differs in rpm_limit");
        await Should.ThrowAsync<Gateway.Configuration.ConfigurationException>(() => refused.ApplyAsync(_gateway.Admin));

        // The same in all but its owner: nothing of it changes for anybody.
        (await _gateway.PlanAsync("projects: {shared: {rpm_limit: 5}}")).Changes.ShouldHaveSingleItem().Fields.ShouldHaveSingleItem().Field.ShouldBe("managed_by");
        (await _gateway.ApplyAsync("projects: {shared: {rpm_limit: 6}}", new PlanOptions { TakesOver = true })).Fault.ShouldBeNull();
        (await _gateway.FindAsync("projects", "name", "shared"))["rpm_limit"]!.GetValue<int>().ShouldBe(6);
    }

    [Fact]
    public async Task Apply_WhenAStepFails_SaysWhatIsDoneAndCanGoOn()
    {
        const string Yaml = "projects: {first: {}}\nmodels: {bad: {routing_type: fallback, model: m}}\nkeys: {last: {project: first, key: '${env:LAST}'}}";

        var result = await _gateway.ApplyAsync(Yaml);

        result.IsComplete.ShouldBeFalse();
        result.Applied.ShouldHaveSingleItem().ToString().ShouldBe("create project 'first'");
        result.Failed!.ToString().ShouldBe("create model 'bad'");
        result.Fault!.ShouldContain("routing_config.primary");
        result.Remaining.ShouldHaveSingleItem().ToString().ShouldBe("create key 'last'");
        var rest = await _gateway.PlanAsync(Yaml.Replace("fallback, model: m", "simple, model: echo", StringComparison.Ordinal));
        rest.Changes.Select(change => change.ToString()).ShouldBe(["create model 'bad'", "create key 'last'"]);
        (await rest.ApplyAsync(_gateway.Admin, cancellationToken: TimeLimit.Token())).Fault.ShouldBeNull();
        (await _gateway.ChatAsync("sk-LAST", "bad")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("deployments: {a: {model_name: m, provider: nobody, model: m}}", "There is no provider 'nobody'")]
    [InlineData("keys: {a: {project: nothing, key: '${env:A}'}}", "There is no project 'nothing'")]
    [InlineData("providers: {simulated: {type: vllm, base_url: 'https://a.example'}}", "The type of a provider stays")]
    public async Task Plan_WhenItCannotBe_SaysWhy(string yaml, string expected)
        => string.Join('\n', (await _gateway.PlanAsync(yaml, new PlanOptions { TakesOver = true })).Faults).ShouldContain(expected);

    [Fact]
    public async Task Plan_WhenTheFileHasSettingsOfProcesses_SaysThatTheyNeedAStart()
        => (await _gateway.PlanAsync("classifier: {timeout_ms: 80}")).RestartNotes.ShouldHaveSingleItem().ShouldContain("Routing:Classifier:TimeoutMs");

    [Fact]
    public async Task Schema_WhenAnEditorAsks_NeedsNoKey()
    {
        using var client = _gateway.Gateway.CreateClient();

        (await client.GetStringAsync("/schemas/gateway.json", TimeLimit.Token())).ShouldBe(Gateway.Configuration.GatewayFile.Schema);
    }

    [Fact]
    public async Task Configuration_WhenThereIsNoFile_SaysSo()
        => (await _gateway.SendAsync(HttpMethod.Get, "/admin/config")).Body!["state"]!.GetValue<string>().ShouldBe("none");

    private static string Replace(string text, params (string From, string To)[] replacements)
        => replacements.Aggregate(text, (result, pair) =>
        {
            result.ShouldContain(pair.From);
            return result.Replace(pair.From, pair.To, StringComparison.Ordinal);
        });

    private sealed class Steps(Action<ApplyProgress> report) : IProgress<ApplyProgress>
    {
        public void Report(ApplyProgress value) => report(value);
    }
}
