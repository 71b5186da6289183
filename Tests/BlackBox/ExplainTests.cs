using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.BlackBox;

/// <summary>What would become of a request: told without a call, a turn or a token taken.</summary>
public sealed class ExplainTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    [Theory, EveryTopology]
    public async Task Explain_WhenAnAliasHasTargetsAndFallbacks_TellsThemInOrderWithWhatEachWouldBeSent(Topology topology)
    {
        var caller = await UseAsync(topology);
        var (one, other) = (await caller.AddUpstreamAsync(), await caller.AddUpstreamAsync(new Answer()));
        var alias = Caller.Unique("explained");
        await CreateAsync(caller, "/admin/models", $$$"""
            {"alias":"{{{alias}}}","routing_type":"load_balance","routing_config":{
              "providers":[{"provider":"{{{one.Provider}}}","model":"m-1","weight":3},{"provider":"{{{other.Provider}}}","model":"m-2","weight":0}],
              "fallbacks":{"general":["{{{other.Provider}}}/m-3"]} } }
            """);

        var answer = await ExplainAsync(caller, $$$"""{"model":"{{{alias}}}","max_tokens":5,"messages":[{"role":"user","content":"hi there"}]}""");

        answer.Status.ShouldBe(200, answer.Text);
        answer.Json["model"]!.GetValue<string>().ShouldBe(alias);
        answer.Json["estimate"]!["input_tokens"]!.GetValue<long>().ShouldBeGreaterThan(0);
        answer.Json["estimate"]!["max_output_tokens"]!.GetValue<long>().ShouldBe(5);
        var route = answer.Json["route"]!;
        route["routing_type"]!.GetValue<string>().ShouldBe("load_balance");
        route["strategy"]!.GetValue<string>().ShouldBe("weighted");
        route["candidates"]!.AsArray().Select(candidate => (candidate!["deployment"]!.GetValue<string>(), candidate["standing"]!.GetValue<string>()))
            .ShouldBe([($"{one.Provider}/m-1", "ready"), ($"{other.Provider}/m-2", "drained")]);
        var attempts = answer.Json["attempts"]!.AsArray();
        attempts.Select(attempt => (attempt!["deployment"]!.GetValue<string>(), attempt["reason"]!.GetValue<string>()))
            .ShouldBe([($"{one.Provider}/m-1", "first"), ($"{other.Provider}/m-3", "fallback")]);
        attempts[0]!["upstream"]!["url"]!.GetValue<string>().ShouldEndWith("/chat/completions");
        attempts[0]!["upstream"]!["body"]!["model"]!.GetValue<string>().ShouldBe("m-1");
        answer.Text.ShouldNotContain(one.Credential);
        one.Requests.ShouldBeEmpty();
        other.Requests.ShouldBeEmpty();
    }

    [Theory, EveryTopology]
    public async Task Explain_WhenTheProviderSpeaksAnotherFormat_ShowsTheTranslationAndItsLosses(Topology topology)
    {
        var caller = await UseAsync(topology);
        var provider = Caller.Unique("claude");
        await CreateAsync(caller, "/admin/providers", $$"""{"name":"{{provider}}","type":"anthropic","api_key":"sk-ant-canary-0123456789"}""");

        var answer = await ExplainAsync(
            caller, $$$"""{"model":"{{{provider}}}/claude-sonnet-4-6","seed":7,"messages":[{"role":"system","content":"be short"},{"role":"user","content":"hi"}]}""");

        var attempt = answer.Json["attempts"]!.AsArray().ShouldHaveSingleItem()!;
        attempt["upstream"]!["body"]!["system"].ShouldNotBeNull();
        attempt["lossy"]!.AsArray().Select(loss => loss!.GetValue<string>()).ShouldContain("dropped:seed");
        answer.Text.ShouldNotContain("canary");
    }

    [Theory, EveryTopology]
    public async Task Explain_WhenAKeyIsNamed_SaysWhetherItWouldBeAdmittedAndTakesNothing(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync();
        var created = await caller.AdminAsync(
            HttpMethod.Post, "/admin/keys", JsonNode.Parse($$"""{"name":"{{Caller.Unique("key")}}","rpm_limit":1,"allowed_models":["{{upstream.Alias}}"]}""")!.AsObject());
        var (id, secret) = (created.Json["id"]!.GetValue<string>(), created.Json["key"]!.GetValue<string>());

        for (var time = 0; time < 3; time++)
        {
            var allowed = await ExplainAsync(caller, upstream.Body(), $",\"key_id\":\"{id}\"");
            allowed.Json["key"]!["admitted"]!.GetValue<bool>().ShouldBeTrue(allowed.Text);
            allowed.Json["key"]!["limits"]!.AsArray().ShouldNotBeEmpty();
        }

        var refused = await ExplainAsync(caller, """{"model":"echo","messages":[]}""", $",\"key\":\"{secret}\"");
        refused.Json["key"]!["admitted"]!.GetValue<bool>().ShouldBeFalse();
        refused.Json["key"]!["refusal"]!["code"]!.GetValue<string>().ShouldBe("model_not_allowed");
        refused.Text.ShouldNotContain(secret);
        (await caller.ChatWithKeyAsync(secret, upstream.Body())).Status.ShouldBe(200);
        var used = await ExplainAsync(caller, upstream.Body(), $",\"key_id\":\"{id}\"");
        used.Json["key"]!["refusal"]!["code"]!.GetValue<string>().ShouldBe("rate_limit_exceeded");
    }

    [Theory, EveryTopology]
    public async Task Explain_WhenTheModelLeadsNowhere_SaysWhy(Topology topology)
    {
        var caller = await UseAsync(topology);

        var unknown = await ExplainAsync(caller, """{"model":"nowhere","messages":[]}""");
        var wrong = await ExplainAsync(caller, """{"model":7}""");
        var nothing = await caller.AdminAsync(HttpMethod.Post, "/admin/explain", JsonNode.Parse("{}")!.AsObject());

        unknown.Json["error"]!["code"]!.GetValue<string>().ShouldBe("model_not_found");
        unknown.Json["attempts"]!.AsArray().ShouldBeEmpty();
        wrong.Status.ShouldBe(400);
        wrong.Json["error"]!["param"]!.GetValue<string>().ShouldBe("request.model");
        nothing.Status.ShouldBe(400);
        nothing.Json["error"]!["param"]!.GetValue<string>().ShouldBe("request");
    }

    private static Task<Answered> ExplainAsync(Caller caller, string request, string more = "")
        => caller.AdminAsync(HttpMethod.Post, "/admin/explain", JsonNode.Parse($$"""{"request":{{request}}{{more}}}""")!.AsObject());

    private static async Task CreateAsync(Caller caller, string path, string body)
    {
        var created = await caller.AdminAsync(HttpMethod.Post, path, JsonNode.Parse(body)!.AsObject());
        created.Status.ShouldBe(201, created.Text);
    }
}
