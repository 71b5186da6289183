using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Simulator;

public sealed class ControlTests : SimulatorTest
{
    [Fact]
    public async Task Script_WhenPut_IsPlayed()
    {
        await PutAsync("fixture:a/b", """
            {"answers":[
              {"status":503,"headers":{"retry-after":"2"}},
              {"text":"hello","toolCalls":[{"name":"f","arguments":"{}"}],"usage":{"input":5,"output":3},"finish":"contentFilter"},
              {"fault":"u39"}
            ]}
            """);

        using var first = await AskAsync("fixture:a/b");
        var second = await AskForJsonAsync("fixture:a/b");
        using var third = await AskAsync("fixture:a/b");

        first.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        first.Headers.GetValues("retry-after").ShouldBe(["2"]);
        second["choices"]![0]!["message"]!["content"]!.GetValue<string>().ShouldBe("hello");
        second["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe("content_filter");
        second["usage"]!["total_tokens"]!.GetValue<int>().ShouldBe(8);
        third.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
    }

    [Theory]
    [InlineData("{\"answers\":[{\"statuss\":500}]}", "statuss")]
    [InlineData("{\"answers\":[]}", "has no answers")]
    [InlineData("{\"answers\":[{\"fault\":\"u999\"}]}", "u999")]
    [InlineData("{}", "answers")]
    [InlineData("null", "answers")]
    [InlineData("[", "JSON")]
    public async Task Script_WhenItCannotBePlayed_IsRefused(string script, string reason)
    {
        using var response = await Client.PutAsync("_simulator/scripts/m", Json(script), Cancelled);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldContain(reason);
    }

    [Fact]
    public async Task Script_WhenDeleted_IsGone()
    {
        await PutAsync("m", "{\"answers\":[{\"status\":500}]}");
        (await Client.GetStringAsync("_simulator/scripts", Cancelled)).ShouldBe("[\"m\"]");

        (await Client.DeleteAsync("_simulator/scripts/m", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Client.DeleteAsync("_simulator/scripts/m", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        using var response = await AskAsync("m");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Requests_WhenRead_AreThoseOfTheCallers()
    {
        using var asked = await AskAsync("gpt-x", key: "key-1");
        await asked.Content.ReadAsByteArrayAsync(Cancelled);
        await Client.GetAsync("health", Cancelled);

        var requests = JsonNode.Parse(await Client.GetStringAsync("_simulator/requests", Cancelled))!.AsArray();

        requests.Count.ShouldBe(1);
        requests[0]!["path"]!.GetValue<string>().ShouldBe("/v1/chat/completions");
        requests[0]!["credential"]!.GetValue<string>().ShouldBe("key-1");
        JsonNode.Parse(requests[0]!["body"]!.GetValue<string>())!["model"]!.GetValue<string>().ShouldBe("gpt-x");

        (await Client.DeleteAsync("_simulator/requests", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Simulator.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Violations_WhenRead_AreOfTheRequestsThatBreakTheSpec()
    {
        _ = VendorSpecs.Book;
        using var right = await AskAsync("gpt-x");
        using var wrong = await AskAsync("gpt-x", more: ",\"temperatur\":1");

        var violations = JsonNode.Parse(await Client.GetStringAsync("_simulator/violations", Cancelled))!.AsArray();

        violations.Count.ShouldBe(1);
        violations[0]!["violations"]![0]!.GetValue<string>().ShouldStartWith("$.temperatur ");
        Simulator.Requests[0].Violations.ShouldBeEmpty();
        Simulator.Requests[1].Violations.Single().Path.ShouldBe("$.temperatur");
    }

    private async Task PutAsync(string name, string script)
    {
        using var response = await Client.PutAsync($"_simulator/scripts/{name}", Json(script), Cancelled);
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
