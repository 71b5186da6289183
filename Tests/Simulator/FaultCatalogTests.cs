using System.Net;
using Gateway.Simulator.Faults;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Simulator;

public sealed class FaultCatalogTests : SimulatorTest
{
    public static IEnumerable<TheoryDataRow<string, bool>> Names => FaultCatalog.Summaries
        .SelectMany(fault => new[] { new TheoryDataRow<string, bool>(fault.Key, false), new TheoryDataRow<string, bool>(fault.Key, true) });

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Fault_WhenPlayed_LeavesTheSimulatorWell(string name, bool stream)
    {
        var answer = FaultCatalog.Get(name);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var playing = PlayAsync();
        while (Simulator.Requests.Count == 0)
        {
            await Task.Delay(1, TimeLimit.Token());
        }

        // Some never end; and of two ends of one answer .NET may wait for the other.
        patience.CancelAfter(TimeSpan.FromMilliseconds(answer.Ending == AnswerEnding.Stall || answer.DelayBetweenChunksMs > 0 ? 100 : 10_000));
        await playing;

        Simulator.Requests.Single().IsUnexpected.ShouldBeFalse();

        // Over a connection of its own: .NET goes on using one whose answer had two ends.
        using var other = new HttpClient { BaseAddress = Simulator.BaseAddress };
        using var next = await other.PostAsync("v1/chat/completions", new StringContent("""{"model":"gpt-x","messages":[]}"""), Cancelled);
        next.StatusCode.ShouldBe(HttpStatusCode.OK);

        async Task PlayAsync()
        {
            try
            {
                using var response = await AskAsync($"fault-{name}", stream, cancellationToken: patience.Token);
                await response.Content.CopyToAsync(Stream.Null, patience.Token);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                // What a client may see of a fault.
            }
        }
    }

    [Theory]
    [InlineData("u28", 401, "invalid_api_key")]
    [InlineData("u30", 404, "model_not_found")]
    [InlineData("u35", 429, "rate_limit_exceeded")]
    [InlineData("u38", 429, "insufficient_quota")]
    [InlineData("u39", 500, null)]
    [InlineData("u40", 503, "service_unavailable")]
    [InlineData("u41", 529, null)]
    public async Task Fault_WhenAnError_HasTheVendorsBody(string name, int status, string? code)
    {
        using var response = await AskAsync($"fault-{name}");

        ((int)response.StatusCode).ShouldBe(status);
        var error = System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!["error"]!;
        ((string?)error["code"]).ShouldBe(code);
    }

    [Theory]
    [InlineData("u35", "retry-after", "2")]
    [InlineData("u36", "retry-after-ms", "1500")]
    [InlineData("u36-fraction", "retry-after", "1.5")]
    [InlineData("u37-negative", "retry-after", "-5")]
    [InlineData("u45", "location", "/elsewhere")]
    public async Task Fault_WhenItHasAHeader_SendsItAsItIs(string name, string header, string value)
    {
        using var response = await AskAsync($"fault-{name}");

        response.Headers.NonValidated[header].ToString().ShouldBe(value);
    }

    [Fact]
    public async Task Fault_WhenChanged_KeepsTheRest()
    {
        Simulator.Script("gpt-x", FaultCatalog.Get("u09") with { EndAfterEvents = 3 }, Answer.Default);

        using var response = await AskAsync("gpt-x", stream: true);
        var (text, end) = await ReadToEndAsync(response);

        EventsOf(text).Count.ShouldBe(3);
        end.ShouldNotBeNull();
        (await AskForEventsAsync("gpt-x")).Count.ShouldBe(53);
    }

    [Fact]
    public async Task Model_WhenItNamesNoFault_SaysSo()
    {
        using var response = await AskAsync("fault-u999");

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldContain("No fault is named 'u999'");
    }
}
