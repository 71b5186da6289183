using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Tests.KeyAdmin;

public sealed class ProjectEndpointTests(AdminGateway gateway) : IClassFixture<AdminGateway>
{
    [Fact]
    public async Task Create_WhenShownAgain_IsTheSame()
    {
        var created = await gateway.CreateAsync("projects", new
        {
            name = "same",
            description = "d",
            tags = new[] { "t" },
            rpm_limit = 1,
            tpm_limit = 2,
            max_parallel = 3,
            budget_limit = 10.5,
            budget_period = "monthly",
            soft_budget_percent = 50,
            webhook_url = "http://localhost:9/x",
        });

        ((decimal)created["budget_limit"]!).ShouldBe(10.5m);
        ((string)created["budget_resets_at"]!).ShouldBe("2026-12-01T00:00:00Z");
        ((decimal)created["current_usage"]!).ShouldBe(0);
        JsonNode.DeepEquals(await gateway.GetAsync($"/admin/projects/{created["id"]}"), created).ShouldBeTrue();
        (await gateway.GetAsync("/admin/projects?name_prefix=SAM"))["data"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Name_WhenItIsTaken_IsAConflict()
    {
        await gateway.CreateAsync("projects", new { name = "taken" });
        var other = await gateway.CreateAsync("projects", new { name = "other" });

        (await gateway.SendAsync(HttpMethod.Post, "/admin/projects", """{"name":"taken"}""")).Status.ShouldBe(409);
        (await gateway.SendAsync(HttpMethod.Patch, $"/admin/projects/{other["id"]}", """{"name":"taken"}""")).Status.ShouldBe(409);
    }

    [Theory]
    [InlineData("""{"name":"p","rpd_limit":1}""", "rpd_limit")]
    [InlineData("""{"name":"p","budget_period":"never"}""", "budget_period")]
    [InlineData("""{}""", "name")]
    public async Task Create_WhenAFieldIsWrong_NamesIt(string body, string field)
    {
        var (status, problem) = await gateway.SendAsync(HttpMethod.Post, "/admin/projects", body);

        status.ShouldBe(400);
        ((string)problem!["error"]!["param"]!).ShouldBe(field);
    }

    [Fact]
    public async Task Patch_WhenNullClearsTheBudget_LeavesTheRest()
    {
        var created = await gateway.CreateAsync("projects", new { name = "patched", budget_limit = 1, rpm_limit = 2 });

        var patched = await gateway.PatchAsync("projects", created["id"]!, """{"budget_limit":null}""");

        patched["budget_limit"].ShouldBeNull();
        ((long)patched["rpm_limit"]!).ShouldBe(2);
    }

    [Fact]
    public async Task Delete_WhenAKeyLivesInIt_IsAConflictUntilTheKeyIsDeleted()
    {
        var project = await gateway.CreateAsync("projects", new { name = "with a key" });
        var key = await gateway.CreateAsync("keys", new { name = "k", project_id = (string)project["id"]! });

        var (status, problem) = await gateway.SendAsync(HttpMethod.Delete, $"/admin/projects/{project["id"]}");
        status.ShouldBe(409);
        ((string)problem!["detail"]!).ShouldContain("1 live key");

        (await gateway.SendAsync(HttpMethod.Delete, $"/admin/keys/{key["id"]}")).Status.ShouldBe(204);
        (await gateway.SendAsync(HttpMethod.Delete, $"/admin/projects/{project["id"]}")).Status.ShouldBe(204);
        (await gateway.SendAsync(HttpMethod.Get, $"/admin/projects/{project["id"]}")).Status.ShouldBe(404);
        (await gateway.SendAsync(HttpMethod.Delete, $"/admin/projects/{project["id"]}")).Status.ShouldBe(404);
        (await gateway.GetAsync($"/admin/keys/{key["id"]}"))["project_id"].ShouldBeNull();
    }
}
