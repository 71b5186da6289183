using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Xunit;
using static Tests.Routes.RouteAnswers;

namespace Tests.Routes;

/// <summary>Where names lead: the checks of system A, and those of the registry of system D.</summary>
public sealed class AliasChecks(RouteGateway gateway) : IClassFixture<RouteGateway>
{
    private readonly RouteCaller _caller = gateway.Caller;

    [Fact]
    public async Task TA30_Simple_WhenCalled_SendsTheModelThatItLeadsTo()
    {
        var p1 = await _caller.ProviderAsync();
        var fast = await _caller.AliasAsync("simple", null, p1, "m1");

        var answer = await _caller.ChatWellAsync(fast);

        p1.Requests.ShouldHaveSingleItem().Model.ShouldBe("m1");
        answer.Json["model"]!.GetValue<string>().ShouldBe("m1");
        (answer.Provider(), answer.Headers["x-gateway-model"]).ShouldBe((p1.Name, "m1"));
    }

    [Fact]
    public async Task TA32_Balance_WhenWeightsOrModelsAreMissing_IsHalfAndTheAliasModel()
    {
        var (p1, p2) = (await _caller.ProviderAsync(), await _caller.ProviderAsync());
        var alias = await _caller.BalanceAsync("", p1, p2);

        var providers = await _caller.ChatManyAsync(alias, 40);

        providers.Chunk(2).ShouldAllBe(window => window[0] != window[1]);
        p1.Requests.Concat(p2.Requests).ShouldAllBe(request => request.Model == "m");
    }

    [Fact]
    public async Task TA34_Balance_WhenAllAreDisabled_Is503AndNobodyIsAsked()
    {
        var (p1, p2) = (await _caller.ProviderAsync(), await _caller.ProviderAsync());
        var alias = await _caller.BalanceAsync("", p1, p2);
        await _caller.PatchAsync(p1.Path, """{"enabled":false}""");
        await _caller.PatchAsync(p2.Path, """{"enabled":false}""");

        var answer = await _caller.ChatAsync(alias);

        answer.Status.ShouldBe(503, answer.Text);
        answer.Error["type"]!.GetValue<string>().ShouldBe("server_error");
        (p1.Count, p2.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task TA36_Fallback_WhenItIsAnotherModelOfTheSameProvider_IsAsked()
    {
        var p1 = await _caller.ProviderAsync(Fails(500), Well);
        var alias = await _caller.AliasAsync(
            "fallback", $$"""{"primary":{"provider":"{{p1.Name}}","model":"big"},"fallback":[{"provider":"{{p1.Name}}","model":"mini"}]}""");

        var answer = await _caller.ChatWellAsync(alias);

        (answer.Headers["x-gateway-model"], answer.Headers["x-gateway-fallback"]).ShouldBe(("mini", "true"));
        p1.Requests.Select(request => request.Model).ShouldBe(["big", "mini"]);
    }

    [Fact]
    public async Task TA37_Reference_WhenItIsDirect_IsSplitAtTheFirstSlashAndAliasesGoBefore()
    {
        var p1 = await _caller.ProviderAsync();
        await _caller.ChatWellAsync($"{p1.Name}/a/b/c");
        p1.Requests.ShouldHaveSingleItem().Model.ShouldBe("a/b/c");

        foreach (var unknown in (string[])["nope/x", "unknown", $"{p1.Name}/"])
        {
            var missing = await _caller.ChatAsync(unknown);
            (missing.Status, missing.ErrorCode()).ShouldBe((404, "model_not_found"), missing.Text);
        }

        var other = await _caller.ProviderAsync();
        var special = await _caller.AliasAsync("simple", null, other, "other-model", $"{p1.Name}/special");
        (await _caller.ChatWellAsync(special)).Provider().ShouldBe(other.Name);
        await _caller.PatchAsync(await _caller.PathOfAsync(special), """{"enabled":false}""");
        var disabled = await _caller.ChatAsync(special);
        (disabled.Status, disabled.ErrorCode()).ShouldBe((404, "model_not_found"), disabled.Text);
        (p1.Count, other.Count).ShouldBe((1, 1));
    }

    [Fact]
    public async Task TD01_Settings_WhenAskedFor_AreTheDocumentedDefaults()
    {
        var answer = await _caller.Http.AdminAsync(HttpMethod.Get, "/admin/routing");

        answer.Status.ShouldBe(200, answer.Text);
        var (retry, breaker, upstream) = (answer.Json["retry"]!, answer.Json["breaker"]!, answer.Json["upstream"]!);
        Value(retry, "max_attempts").ShouldBe(3);
        Value(retry, "max_fallbacks").ShouldBe(5);
        Value(retry, "deadline_seconds").ShouldBe(600);
        Value(breaker, "consecutive_failures").ShouldBe(3);
        Value(breaker, "min_requests").ShouldBe(10);
        Value(breaker, "failure_percent").ShouldBe(50);
        Value(breaker, "success_threshold").ShouldBe(3);
        Value(upstream, "headers_seconds").ShouldBe(60);

        // What this gateway was started with.
        Value(breaker, "cooldown_seconds").ShouldBe(1);
        Value(retry, "backoff_milliseconds").ShouldBe(50);
        answer.Json["strategy"]!.GetValue<string>().ShouldBe("weighted");
    }

    [Fact]
    public async Task TD02_Model_WhenSeveralDeploymentsServeIt_IsListedOnceUntilTheLastIsGone()
    {
        var (p1, p2) = (await _caller.ProviderAsync(), await _caller.ProviderAsync());
        var name = Caller.Unique("group");
        var (one, two) = (await _caller.DeployAsync(name, p1), await _caller.DeployAsync(name, p2));
        (await ListedAsync(name)).ShouldBe(1);

        (await _caller.Http.AdminAsync(HttpMethod.Delete, one)).Status.ShouldBe(204);
        (await ListedAsync(name)).ShouldBe(1);
        (await _caller.ChatWellAsync(name)).Provider().ShouldBe(p2.Name);
        (await _caller.Http.AdminAsync(HttpMethod.Delete, two)).Status.ShouldBe(204);

        (await ListedAsync(name)).ShouldBe(0);
        var gone = await _caller.ChatAsync(name);
        (gone.Status, gone.ErrorCode()).ShouldBe((404, "model_not_found"), gone.Text);
    }

    [Fact]
    public async Task TD03_Deployment_WhenItIsAddedAgain_HasNoSecondWeight()
    {
        var (p1, p2) = (await _caller.ProviderAsync(), await _caller.ProviderAsync());
        var name = Caller.Unique("group");
        var one = await _caller.DeployAsync(name, p1);
        await _caller.DeployAsync(name, p2);

        var again = await _caller.Http.AdminAsync(
            HttpMethod.Post, "/admin/deployments", new JsonObject { ["model_name"] = name, ["provider"] = p1.Name, ["model"] = "m" });
        await _caller.PatchAsync(one, $$"""{"model_name":"{{name}}","weight":1}""");

        again.Status.ShouldBe(409, again.Text);
        (await _caller.ChatManyAsync(name, 20)).Count(provider => provider == p1.Name).ShouldBe(10);
    }

    [Fact]
    public async Task TD04_Aliases_WhenTheyLeadInACircle_AreRefused()
    {
        var p1 = await _caller.ProviderAsync();
        var (a, b, c, m) = (Caller.Unique("a"), Caller.Unique("b"), Caller.Unique("c"), Caller.Unique("m"));
        await _caller.AliasAsync("simple", null, p1, "m", m);
        await _caller.AliasAsync("simple", null, null, b, a);
        await _caller.AliasAsync("simple", null, null, c, b);

        foreach (var circle in (string[])[a, b, c])
        {
            var refused = await _caller.TryAliasAsync("simple", null, null, circle, c);
            refused.ShouldName("model");
            refused.Text.ShouldContain("ircular");
        }

        await _caller.AliasAsync("simple", null, null, m, c);
        (await _caller.ChatWellAsync(a)).Provider().ShouldBe(p1.Name);
        foreach (var circle in (string[])[a, b, c])
        {
            var refused = await _caller.Http.AdminAsync(HttpMethod.Patch, await _caller.PathOfAsync(c), new JsonObject { ["model"] = circle });
            refused.ShouldName("model");
        }

        // x -> m, y -> m, z -> x is none.
        var x = await _caller.AliasAsync("simple", null, null, m);
        var y = await _caller.AliasAsync("simple", null, null, m);
        var z = await _caller.AliasAsync("simple", null, null, x);
        foreach (var name in (string[])[a, x, y, z])
        {
            (await _caller.ChatWellAsync(name)).Headers["x-gateway-model"].ShouldBe("m");
        }
    }

    [Fact]
    public async Task TD25_Fallbacks_WhenTheyLeadBack_AreEachTriedOnce()
    {
        var (p1, p2) = (await _caller.ProviderAsync(Fails(401)), await _caller.ProviderAsync(Fails(401)));
        var (a, b) = (Caller.Unique("a"), Caller.Unique("b"));
        await _caller.AliasAsync("simple", $$"""{"fallbacks":{"general":["{{b}}"]},"max_attempts":10}""", p1, "m", a);
        await _caller.AliasAsync("simple", $$"""{"fallbacks":{"general":["{{a}}"]},"max_attempts":10}""", p2, "m", b);

        var answer = await _caller.ChatAsync(a);

        (answer.Status, answer.Attempts()).ShouldBe((502, 2), answer.Text);
        (p1.Count, p2.Count).ShouldBe((1, 1));

        // A diamond is no circle.
        var (top, left, right, bottom) = (Caller.Unique("a"), Caller.Unique("b"), Caller.Unique("c"), Caller.Unique("d"));
        await _caller.AliasAsync("simple", $$"""{"fallbacks":{"general":["{{left}}","{{right}}"]} }""", p1, "m", top);
        await _caller.AliasAsync("simple", $$"""{"fallbacks":{"general":["{{bottom}}"]} }""", p1, "m", left);
        await _caller.AliasAsync("simple", $$"""{"fallbacks":{"general":["{{bottom}}"]} }""", p1, "m", right);
        await _caller.AliasAsync("simple", null, p1, "m", bottom);
    }

    private static decimal Value(JsonNode settings, string name) => settings[name].ShouldNotBeNull($"{name} in {settings}").GetValue<decimal>();

    private async Task<int> ListedAsync(string model)
    {
        var answer = await _caller.Http.SendAsync(HttpMethod.Get, "/v1/models", key: _caller.Http.Gateway.DevelopmentKey);
        return answer.Json["data"]!.AsArray().Count(row => row!["id"]!.GetValue<string>() == model);
    }
}
