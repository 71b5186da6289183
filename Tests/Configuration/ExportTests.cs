using Gateway.Configuration.Plans;
using Shouldly;
using Xunit;

namespace Tests.Configuration;

public sealed class ExportTests
{
    [Fact]
    public async Task Export_WhenItIsAppliedToAnEmptyGateway_ComesBackByteForByte()
    {
        await using var source = new Both();
        await source.FillAsync();
        var exported = await source.First.ExportAsync();

        source.Second.Gateway.Clock.Advance(TimeSpan.FromDays(3));
        var applied = await source.Second.ApplyAsync(exported);

        applied.IsComplete.ShouldBeTrue(applied.Fault);
        (await source.Second.ExportAsync()).ShouldBe(exported);
        (await source.Second.PlanAsync(exported)).Changes.ShouldBeEmpty();
        (await source.First.PlanAsync(exported)).Changes.SelectMany(change => change.Fields).ShouldAllBe(field => field.Field == "managed_by" || field.IsSecret);
        exported.ShouldStartWith("# yaml-language-server: $schema=");
        exported.ShouldContain("MAIN_API_KEY");
        exported.ShouldNotContain("sk-secret");
        exported.ShouldNotContain("sk-foreign");
        exported.ShouldContain("hash: \"pepper-sha256:");
        exported.ShouldContain("description: \"Costs $${5} & more: yes\"");

        // Under the same pepper the hashes open the same doors.
        var key = await source.First.FindAsync("keys", "name", "foreign");
        (await source.First.SendAsync(HttpMethod.Delete, $"/admin/keys/{key["id"]}")).Status.ShouldBe(204);
        (await source.First.ChatAsync("sk-foreign-key-of-another")).Status.ShouldBe(401);
        (await source.First.ApplyAsync(exported, new PlanOptions { TakesOver = true })).Fault.ShouldBeNull();
        (await source.First.ChatAsync("sk-foreign-key-of-another")).Status.ShouldBe(200);
    }

    private sealed class Both : IAsyncDisposable
    {
        public ConfiguredGateway First { get; } = new();

        public ConfiguredGateway Second { get; } = new();

        public async Task FillAsync()
        {
            await First.InitializeAsync();
            await Second.InitializeAsync();
            var (status, provider) = await First.SendAsync(
                HttpMethod.Post, "/admin/providers", new { name = "main", type = "openai", api_key = "sk-secret-1", rpm_limit = 5, settings = new { organization = "org" } });
            status.ShouldBe(201);
            (await First.SendAsync(HttpMethod.Post, $"/admin/providers/{provider!["id"]}/credentials", new { name = "more", api_key = "sk-secret-2", weight = 0.5 })).Status.ShouldBe(201);
            (await First.SendAsync(HttpMethod.Post, "/admin/deployments", new { model_name = "group", provider = "main", model = "gpt-5-mini", tags = new[] { "a" } })).Status.ShouldBe(201);
            (await First.SendAsync(HttpMethod.Post, "/admin/models", new
            {
                alias = "spread",
                routing_type = "load_balance",
                routing_config = new { strategy = "least_busy", providers = new[] { new { provider = "main", model = "gpt-5", weight = 1.5 } } },
            })).Status.ShouldBe(201);
            (await First.SendAsync(HttpMethod.Post, "/admin/prices", new
            {
                provider = "main",
                model = new { starts_with = "gpt-5" },
                prices = new object[] { new { input = 1.25, output = 10 }, new { above_input_tokens = 200000, input = 2.5, output = 15 } },
            })).Status.ShouldBe(201);
            var (_, project) = await First.SendAsync(
                HttpMethod.Post, "/admin/projects", new { name = "Team \"A\": one", description = "Costs ${5} & more: yes", budget_limit = 0.000000001, budget_period = "weekly" });
            (await First.SendAsync(HttpMethod.Post, "/admin/keys", new
            {
                name = "own",
                project_id = project!["id"],
                expires_at = "2027-01-31T00:00:00+01:00",
                model_limits = new[] { new { model = "gpt*", rpm_limit = 3 } },
                budget_override = new { amount = 5, until = "2027-01-01T00:00:00Z" },
                budget_limit = 1,
            })).Status.ShouldBe(201);
            (await First.SendAsync(HttpMethod.Post, "/admin/keys", new { name = "foreign", hash = ConfiguredGateway.Hash("sk-foreign-key-of-another") })).Status.ShouldBe(201);
        }

        public async ValueTask DisposeAsync()
        {
            await First.DisposeAsync();
            await Second.DisposeAsync();
        }
    }
}
