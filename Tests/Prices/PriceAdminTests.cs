using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.Routes;
using Tests.TestKit;
using Xunit;

namespace Tests.Prices;

/// <summary>The price book as an administrator has it, and what calls cost by it.</summary>
public sealed class PriceAdminTests(PriceAdminTests.PricedGateway gateway) : IClassFixture<PriceAdminTests.PricedGateway>
{
    private Caller Http => gateway.Caller.Http;

    [Fact]
    public async Task Prices_OfTheShippedBook_CanBeFound()
    {
        var page = await GetAsync("/admin/prices?origin=shipped&provider=openai&model=gpt-4o&limit=1&offset=1");

        page["total"]!.GetValue<int>().ShouldBe(3);
        var row = page["data"]!.AsArray().ShouldHaveSingleItem()!;
        row["service_tier"]!.GetValue<string>().ShouldBe("batch");
        row["prices"]![0]!["cache_read"]!.GetValue<decimal>().ShouldBe(0.625m);
        var again = await GetAsync($"/admin/prices/{Uri.EscapeDataString(row["id"]!.GetValue<string>())}");
        again.ToJsonString().ShouldBe(row.ToJsonString());
    }

    [Fact]
    public async Task Row_WhenAnotherIsAdded_EndsWhereThatBegins()
    {
        var model = Caller.Unique("m");
        var first = await AddAsync(Row(model, 5));
        var second = await AddAsync(Row(model, 7));

        var rows = (await GetAsync($"/admin/prices?model={model}&origin=operator"))["data"]!.AsArray();
        rows.Count.ShouldBe(2);
        (await GetAsync($"/admin/prices/{first}"))["effective_to"]!.GetValue<DateTime>().ShouldBe((await GetAsync($"/admin/prices/{second}"))["effective_from"]!.GetValue<DateTime>());

        (await Http.AdminAsync(HttpMethod.Delete, $"/admin/prices/{second}")).Status.ShouldBe(204);
        (await GetAsync($"/admin/prices/{second}"))["effective_to"].ShouldNotBeNull();
        (await GetAsync($"/admin/prices?model={model}&origin=operator&effective=true"))["total"]!.GetValue<int>().ShouldBe(0);
        (await Http.AdminAsync(HttpMethod.Delete, $"/admin/prices/{Guid.NewGuid()}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Row_WhenItBeginsBeforeAnother_IsRefused()
    {
        var model = Caller.Unique("m");
        await AddAsync(Row(model, 5));
        var earlier = Row(model, 7);
        earlier["effective_from"] = "2020-01-01T00:00:00Z";

        var answer = await Http.AdminAsync(HttpMethod.Post, "/admin/prices", earlier);

        answer.Status.ShouldBe(400);
        answer.Text.ShouldContain("same time");
    }

    [Fact]
    public async Task Import_WhenOneRowIsBad_AddsNone()
    {
        var model = Caller.Unique("m");
        var bad = Row(model, 7);
        bad["prices"]![0]!["input"] = -1;

        var answer = await Http.AdminAsync(HttpMethod.Post, "/admin/prices/import", new JsonObject { ["rows"] = new JsonArray(Row(model, 5), bad) });

        answer.Status.ShouldBe(400);
        answer.Json["errors"]!.AsObject().Select(error => error.Key).ShouldContain("rows[1].prices[0].input");
        (await GetAsync($"/admin/prices?model={model}&origin=operator"))["total"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task Export_CanBeImportedAgain()
    {
        var model = Caller.Unique("m");
        await AddAsync(Row(model, 5.000000001m));
        var export = await GetAsync($"/admin/prices/export?model={model}");
        export["rows"]!.AsArray().Count.ShouldBe(1);

        foreach (var row in export["rows"]!.AsArray())
        {
            row!["model"] = model + "-copy";
        }

        var answer = await Http.AdminAsync(HttpMethod.Post, "/admin/prices/import", export.AsObject());

        answer.Status.ShouldBe(200, answer.Text);
        answer.Json["imported"]!.GetValue<int>().ShouldBe(1);
        (await GetAsync($"/admin/prices?model={model}-copy&origin=operator"))["data"]![0]!["prices"]![0]!["input"]!.GetValue<decimal>().ShouldBe(5.000000001m);
    }

    [Fact]
    public async Task Call_OfAModelThatAnOperatorHasPriced_CostsThat()
    {
        var provider = await gateway.Caller.ProviderAsync(new Answer { Usage = new AnswerUsage(1000, 10) });
        var row = Row("m", 8);
        row.Remove("provider_type");
        row["provider"] = provider.Name;
        await AddAsync(row);
        var (_, secret) = await Http.CreateKeyAsync(new JsonObject { ["budget_limit"] = 1 });

        var answer = await Http.ChatWithKeyAsync(secret, $$"""{"model":"{{provider.Name}}/m","messages":[{"role":"user","content":"hi"}]}""");

        answer.Status.ShouldBe(200, answer.Text);
        decimal.Parse(answer.Headers["x-gateway-cost"], System.Globalization.CultureInfo.InvariantCulture).ShouldBe((1000 * 8m / 1_000_000) + (10 * 1m / 1_000_000));
    }

    [Theory]
    [InlineData(null, null, 200, null)]
    [InlineData(null, 1.0, 403, null)]
    [InlineData("mark", null, 200, null)]
    [InlineData("refuse", null, 403, null)]
    [InlineData("ceiling", null, 200, 0.0033)]
    [InlineData("ceiling", 1.0, 200, 0.0033)]
    public async Task Call_OfAModelWithoutAPrice_IsWhatTheKeySays(string? policy, double? budget, int status, double? cost)
    {
        var provider = await gateway.Caller.ProviderAsync(new Answer { Usage = new AnswerUsage(100, 10) });
        var (_, secret) = await Http.CreateKeyAsync(new JsonObject { ["unpriced_policy"] = policy, ["budget_limit"] = budget, ["default_reserve_tokens"] = 10 });

        var answer = await Http.ChatWithKeyAsync(secret, $$"""{"model":"{{provider.Name}}/m","messages":[{"role":"user","content":"hi"}]}""");

        answer.Status.ShouldBe(status, answer.Text);
        if (status == 403)
        {
            answer.Text.ShouldContain("price_unknown");
        }
        else if (status == 200)
        {
            answer.Headers.GetValueOrDefault("x-gateway-cost").ShouldBe(cost?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task Key_WithAnUnknownPolicy_IsRefused()
    {
        var answer = await Http.AdminAsync(HttpMethod.Post, "/admin/keys", new JsonObject { ["name"] = Caller.Unique("k"), ["unpriced_policy"] = "free" });

        answer.Status.ShouldBe(400);
        answer.Text.ShouldContain("unpriced_policy");
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        var answer = await Http.AdminAsync(HttpMethod.Get, path);
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json;
    }

    private async Task<string> AddAsync(JsonObject row)
    {
        var answer = await Http.AdminAsync(HttpMethod.Post, "/admin/prices", row);
        answer.Status.ShouldBe(201, answer.Text);
        return answer.Json["id"]!.GetValue<string>();
    }

    private static JsonObject Row(string model, decimal input) => new()
    {
        ["provider_type"] = "openai_compatible",
        ["model"] = model,
        ["prices"] = new JsonArray(new JsonObject { ["input"] = input, ["output"] = 1 }),
    };

    /// <summary>A model without a price costs 30 and 30 dollars there, for keys that say so.</summary>
    public sealed class PricedGateway : RouteGateway
    {
        protected override Dictionary<string, string> Settings { get; } = new()
        {
            ["Prices:CeilingInputPerMillion"] = "30",
            ["Prices:CeilingOutputPerMillion"] = "30",
        };
    }
}
