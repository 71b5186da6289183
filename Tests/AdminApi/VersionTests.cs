using System.Text.Json.Nodes;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.AdminApi;

/// <summary>ETag and If-Match: nobody writes over a change that they have not seen.</summary>
public sealed class VersionTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    [Theory, EveryTopology]
    public async Task Change_WhenTheStateIsAnother_Is412AndChangesNothing(Topology topology)
    {
        var caller = await UseAsync(topology);
        var kinds = await AdminKinds.MakeAsync(caller);

        foreach (var (path, made, field, first, second) in kinds.Reverse())
        {
            var tag = made.Headers["etag"];
            tag.ShouldMatch("^\"[0-9a-f]{32}\"$", path);
            (await caller.AdminAsync(HttpMethod.Get, path)).Headers["etag"].ShouldBe(tag, path);

            var changed = await caller.PatchAsync(path, field, first, ("If-Match", $"\"another\", {tag}"));
            changed.Status.ShouldBe(200, changed.Text);
            changed.Headers["etag"].ShouldNotBe(tag, path);

            var late = await caller.PatchAsync(path, field, second, ("If-Match", tag));
            late.Status.ShouldBe(412, late.Text);
            (late.Error["code"]!.GetValue<string>(), late.Error["param"]!.GetValue<string>()).ShouldBe(("precondition_failed", "If-Match"));
            (await caller.AdminAsync(HttpMethod.Delete, path, null, ("If-Match", tag))).Status.ShouldBe(412, path);
            (await caller.AdminAsync(HttpMethod.Delete, path, null, ("If-Match", "W/" + changed.Headers["etag"]))).Status.ShouldBe(412, path);

            var now = await caller.AdminAsync(HttpMethod.Get, path);
            now.Headers["etag"].ShouldBe(changed.Headers["etag"], path);
            JsonNode.DeepEquals(now.Json[field], first).ShouldBeTrue(now.Text);

            (await caller.PatchAsync(path, field, second, ("If-Match", "nonsense"))).Status.ShouldBe(400, path);
            (await caller.PatchAsync(path, field, second, ("If-Match", "*"))).Status.ShouldBe(200, path);
            var last = await caller.PatchAsync(path, field, first);
            last.Status.ShouldBe(200, last.Text);
            var gone = await caller.AdminAsync(HttpMethod.Delete, path, null, ("If-Match", last.Headers["etag"]));
            gone.Status.ShouldBe(204, $"{path}: {gone.Text}");
        }
    }

    [Fact]
    public async Task Tag_WhenCallsAreMade_StaysAsItIs()
    {
        var caller = await UseAsync(Topology.Standalone);
        var (id, secret) = await caller.CreateKeyAsync();
        var before = await caller.AdminAsync(HttpMethod.Get, $"/admin/keys/{id}");

        (await caller.ChatWithKeyAsync(secret)).Status.ShouldBe(200);
        await caller.GetSettledKeyAsync(id, 1);

        var after = await caller.AdminAsync(HttpMethod.Get, $"/admin/keys/{id}");
        after.Json["total_requests"]!.GetValue<long>().ShouldBe(1);
        after.Headers["etag"].ShouldBe(before.Headers["etag"]);
        var rotated = await caller.AdminAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate", null, ("If-Match", before.Headers["etag"]));
        rotated.Status.ShouldBe(200, rotated.Text);
        (await caller.AdminAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate", null, ("If-Match", before.Headers["etag"]))).Status.ShouldBe(412);
    }

    [Fact]
    public async Task Price_WhenEnded_IsAnotherState()
    {
        var caller = await UseAsync(Topology.Standalone);
        var made = await caller.AdminAsync(HttpMethod.Post, "/admin/prices", new JsonObject
        {
            ["provider"] = "simulated", ["model"] = Caller.Unique("m"), ["prices"] = new JsonArray(new JsonObject { ["input"] = 1, ["output"] = 2 }),
        });
        made.Status.ShouldBe(201, made.Text);
        var path = made.Headers["location"];

        (await caller.AdminAsync(HttpMethod.Delete, path, null, ("If-Match", "\"00000000000000000000000000000000\""))).Status.ShouldBe(412);
        (await caller.AdminAsync(HttpMethod.Get, path)).Headers["etag"].ShouldBe(made.Headers["etag"]);
        (await caller.AdminAsync(HttpMethod.Delete, path, null, ("If-Match", made.Headers["etag"]))).Status.ShouldBe(204);
        (await caller.AdminAsync(HttpMethod.Get, path)).Headers["etag"].ShouldNotBe(made.Headers["etag"]);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Changes_WhenManyStartFromOneState_AreMadeOnce(Store store)
    {
        var caller = await UseAsync(Topology.Standalone, store);
        var (id, _) = await caller.CreateKeyAsync();
        var tag = (await caller.AdminAsync(HttpMethod.Get, $"/admin/keys/{id}")).Headers["etag"];

        var answers = await Task.WhenAll(Enumerable.Range(1, 12).Select(limit => caller.PatchAsync($"/admin/keys/{id}", "rpm_limit", limit, ("If-Match", tag))));

        var won = answers.Where(answer => answer.Status == 200).ShouldHaveSingleItem();
        answers.Count(answer => answer.Status == 412).ShouldBe(11);
        var key = await caller.AdminAsync(HttpMethod.Get, $"/admin/keys/{id}");
        key.Json["rpm_limit"]!.GetValue<int>().ShouldBe(won.Json["rpm_limit"]!.GetValue<int>());
        key.Headers["etag"].ShouldBe(won.Headers["etag"]);
    }
}
