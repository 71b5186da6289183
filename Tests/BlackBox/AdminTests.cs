using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.BlackBox;

/// <summary>The admin API: who may use it, and how it refuses what it is sent.</summary>
public sealed class AdminTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private static readonly string[] Paths =
        ["/admin", "/admin/keys", "/admin/providers", "/admin/models", "/admin/logs", "/admin/nothing", "/ADMIN/keys", "/admin/keys/00000000-0000-0000-0000-000000000000"];

    [Theory, EveryTopology]
    public async Task Admin_WhenThereIsNoCredential_Is401(Topology topology) => await ShouldBeRefusedAsync(topology, _ => null, 401);

    [Theory, EveryTopology]
    public async Task Admin_WhenTheCredentialIsWrong_Is401(Topology topology)
        => await ShouldBeRefusedAsync(topology, gateway => gateway.AdminKey[..^1] + "!", 401);

    [Theory, EveryTopology]
    public async Task Admin_WhenTheCredentialIsAVirtualKey_Is403(Topology topology)
        => await ShouldBeRefusedAsync(topology, gateway => gateway.DevelopmentKey, 403);

    [Theory, EveryTopology]
    public async Task Provider_WhenCreated_ShowsNoKey(Topology topology)
    {
        var caller = await UseAsync(topology);
        var name = Caller.Unique("p");

        var created = await caller.AdminAsync(HttpMethod.Post, "/admin/providers", new JsonObject
        {
            ["name"] = name, ["type"] = "openai_compatible", ["base_url"] = "https://provider.example/v1", ["api_key"] = "sk-secret-value-1234",
        });
        var list = await caller.AdminAsync(HttpMethod.Get, $"/admin/providers?name={name}");
        var again = await caller.AdminAsync(HttpMethod.Post, "/admin/providers", new JsonObject { ["name"] = name, ["type"] = "simulated" });

        created.Status.ShouldBe(201, created.Text);
        created.Json["api_key_set"]!.GetValue<bool>().ShouldBeTrue();
        created.Json["api_key_hint"]!.GetValue<string>().ShouldBe("…1234");
        created.Text.ShouldNotContain("sk-secret");
        list.Text.ShouldNotContain("sk-secret");
        again.Status.ShouldBe(409, again.Text);
        (await caller.AdminAsync(HttpMethod.Delete, $"/admin/providers/{created.Json["id"]}")).Status.ShouldBe(204);
    }

    [Theory, EveryTopology]
    public async Task Key_WhenCreated_IsShownOnce(Topology topology)
    {
        var caller = await UseAsync(topology);

        var (id, secret) = await caller.CreateKeyAsync();
        var one = await caller.AdminAsync(HttpMethod.Get, $"/admin/keys/{id}");
        var list = await caller.AdminAsync(HttpMethod.Get, "/admin/keys");

        secret.ShouldStartWith("sk-gw-");
        one.Json["current_usage"]!.GetValue<decimal>().ShouldBe(0);
        one.Json["total_requests"]!.GetValue<long>().ShouldBe(0);
        one.Json["enabled"]!.GetValue<bool>().ShouldBeTrue();
        one.Text.ShouldNotContain(secret);
        // A name of any depth; a key may hold the word by chance.
        one.Text.ShouldNotMatch("(?i)\"[^\"]*hash[^\"]*\"\\s*:");
        list.Text.ShouldNotContain(secret);
    }

    [Theory, EveryTopology]
    public async Task Model_WhenDeleted_IsUnknownFromTheNextCall(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync();
        (await caller.ChatAsync(upstream.Body())).Status.ShouldBe(200);
        var models = await caller.AdminAsync(HttpMethod.Get, $"/admin/models?alias={upstream.Alias}");
        var id = models.Json["data"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<string>();

        (await caller.AdminAsync(HttpMethod.Delete, $"/admin/models/{id}")).Status.ShouldBe(204);

        (await caller.ChatAsync(upstream.Body())).Status.ShouldBe(404);
    }

    [Theory, EveryTopology("/admin/keys", "/admin/providers", "/admin/models")]
    public async Task Body_WhenItMakesNoSense_Is400AndNoTrace(Topology topology, string path)
    {
        var caller = await UseAsync(topology);

        foreach (var body in (string[])["{", "[]", "null", "7", "{}", """{"name":7}""", """{"nmae":"typing error"}"""])
        {
            var answer = await caller.SendAsync(HttpMethod.Post, path, body, caller.Gateway.AdminKey);

            answer.Status.ShouldBe(400, $"{body}: {answer.Text}");
            answer.Body.ShouldNotBeEmpty(body);
            answer.Headers["content-type"].ShouldContain("json");
            answer.Text.ShouldNotContain("   at ");
            answer.Text.ShouldNotContain("Exception");
        }
    }

    [Theory, EveryTopology]
    public async Task Field_WhenWrong_IsNamed(Topology topology)
    {
        var caller = await UseAsync(topology);

        await ShouldNameAsync(caller, "/admin/keys", """{"name":""}""", "name");
        await ShouldNameAsync(caller, "/admin/providers", """{"name":"a b","type":"simulated"}""", "name");
        await ShouldNameAsync(caller, "/admin/providers", """{"name":"x","type":"magic"}""", "type");
        await ShouldNameAsync(caller, "/admin/providers", """{"name":"x","type":"openai_compatible","base_url":"http://x.example"}""", "base_url");
        await ShouldNameAsync(caller, "/admin/providers", """{"name":"x","type":"openai_compatible","base_url":"https://x.example","api_key":"a b"}""", "api_key");
        await ShouldNameAsync(caller, "/admin/models", """{"alias":"x","provider":"nobody","model":"m"}""", "provider");
        await ShouldNameAsync(caller, "/admin/models", """{"alias":"x","provider":"simulated","model":"m","input_cost_per_million":-1,"output_cost_per_million":1}""", "input_cost_per_million");
    }

    [Theory, EveryTopology("x-internal-token", "x-internal-key", "x-tenant-id", "x-forwarded-for")]
    public async Task Header_WhenItIsForTheInside_OpensNothing(Topology topology, string header)
    {
        var caller = await UseAsync(topology);

        (await caller.SendAsync(HttpMethod.Get, "/admin/keys", key: null, headers: (header, caller.Gateway.AdminKey))).Status.ShouldBe(401);
        (await caller.SendAsync(HttpMethod.Post, "/internal/admit", "{}", caller.Gateway.DevelopmentKey, (header, "x"))).Status.ShouldBe(404);
        (await caller.ChatAsync("""{"model":"echo","messages":[]}""", (header, "forged"))).Status.ShouldBe(200);
    }

    private static async Task ShouldNameAsync(Caller caller, string path, string body, string field)
    {
        var answer = await caller.SendAsync(HttpMethod.Post, path, body, caller.Gateway.AdminKey);

        answer.Status.ShouldBe(400, answer.Text);
        answer.Json["errors"]![field].ShouldNotBeNull(answer.Text);
    }

    private async Task ShouldBeRefusedAsync(Topology topology, Func<IGateway, string?> key, int status)
    {
        var caller = await UseAsync(topology);
        foreach (var path in Paths)
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post, HttpMethod.Patch, HttpMethod.Delete])
            {
                var answer = await caller.SendAsync(method, path, method == HttpMethod.Get ? null : "{}", key(caller.Gateway));

                answer.Status.ShouldBe(status, $"{method} {path}: {answer.Text}");
                answer.Error["message"]!.GetValue<string>().ShouldNotBeEmpty();
            }
        }
    }
}
