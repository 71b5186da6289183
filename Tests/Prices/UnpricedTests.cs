using System.Text.Json.Nodes;
using Shouldly;
using Tests.Routes;
using Tests.Telemetry;
using Tests.TestKit;
using Xunit;

namespace Tests.Prices;

/// <summary>Calls to models without a price, in a gateway that refuses them where a key does not say otherwise.</summary>
public sealed class UnpricedTests(UnpricedTests.RefusingGateway gateway) : IClassFixture<UnpricedTests.RefusingGateway>
{
    private Caller Http => gateway.Caller.Http;

    [Fact]
    public async Task Chat_OfAModelWithoutAPrice_IsRefused()
    {
        var provider = await gateway.Caller.ProviderAsync();

        var answer = await gateway.Caller.ChatAsync($"{provider.Name}/m");

        answer.Status.ShouldBe(403, answer.Text);
        answer.ErrorCode().ShouldBe("price_unknown");
        answer.Error["param"]!.GetValue<string>().ShouldBe("model");
        provider.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Message_OfAModelWithoutAPrice_IsRefused()
    {
        var provider = await gateway.Caller.ProviderAsync();

        var answer = await Http.SendAsync(
            HttpMethod.Post,
            Caller.MessagesPath,
            $$"""{"model":"{{provider.Name}}/m","max_tokens":10,"messages":[{"role":"user","content":"hi"}]}""",
            Http.Gateway.DevelopmentKey);

        answer.Status.ShouldBe(403, answer.Text);
        answer.Json["type"]!.GetValue<string>().ShouldBe("error");
        answer.Error["type"]!.GetValue<string>().ShouldBe("permission_error");
        answer.Error["message"]!.GetValue<string>().ShouldContain("has no price");
        provider.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Call_OfAKeyThatMayMakeIt_IsCounted()
    {
        var provider = await gateway.Caller.ProviderAsync();
        var (_, secret) = await Http.CreateKeyAsync(new JsonObject { ["unpriced_policy"] = "mark" });

        (await CountAsync(provider)).ShouldBe(0);
        (await Http.ChatWithKeyAsync(secret, $$"""{"model":"{{provider.Name}}/m","messages":[{"role":"user","content":"hi"}]}""")).Status.ShouldBe(200);

        await TimeLimit.PollAsync("the call in the counter", async _ => await CountAsync(provider) == 1 ? provider : null);
    }

    private async Task<double> CountAsync(Provided provider)
        => PrometheusLines.Read((await Http.AdminAsync(HttpMethod.Get, "/metrics")).Text).Sum("gateway_unpriced_total", ("gateway_provider", provider.Name));

    public sealed class RefusingGateway : RouteGateway
    {
        protected override Dictionary<string, string> Settings { get; } = new() { ["Prices:Unpriced"] = "refuse" };
    }
}
