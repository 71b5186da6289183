using System.Net;
using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Xunit;

namespace Tests.Simulator;

public sealed class ScriptTests : SimulatorTest
{
    private readonly ImpatientClock clock = new();

    protected override TimeProvider Clock => clock;

    [Fact]
    public async Task Answers_WhenSeveral_AreGivenInTurnAndTheLastAgain()
    {
        Simulator.Script("gpt-x", new Answer { Status = 500 }, new Answer { Text = "now it works" });

        (await StatusAsync("gpt-x")).ShouldBe(HttpStatusCode.InternalServerError);
        (await StatusAsync("gpt-x")).ShouldBe(HttpStatusCode.OK);
        (await ContentAsync("gpt-x")).ShouldBe("now it works");
    }

    [Fact]
    public async Task Script_WhenSetForCredentialAndModel_IsTheCredentials()
    {
        Simulator.Script("*", new Answer { Text = "everyone" })
            .Script("gpt-x", new Answer { Text = "model" })
            .Script("key-1", new Answer { Text = "credential" });

        (await ContentAsync("gpt-x", "key-1")).ShouldBe("credential");
        (await ContentAsync("gpt-x", "key-2")).ShouldBe("model");
        (await ContentAsync("gpt-y", "key-2")).ShouldBe("everyone");
    }

    [Theory]
    [InlineData("x-api-key", "key-1")]
    [InlineData("api-key", "key-1")]
    [InlineData("x-goog-api-key", "key-1")]
    [InlineData("Authorization", "AWS4-HMAC-SHA256 Credential=key-1/20260101/us-east-1/bedrock/aws4_request, Signature=00")]
    public async Task Script_WhenCredentialIsInAnyVendorsHeader_IsFound(string header, string value)
    {
        Simulator.Script("key-1", new Answer { Text = "found" });
        Client.DefaultRequestHeaders.TryAddWithoutValidation(header, value).ShouldBeTrue();

        (await ContentAsync("gpt-x")).ShouldBe("found");
    }

    [Fact]
    public async Task Request_WhenScriptsAreRequiredAndNoneIsThere_IsUnexpected()
    {
        Simulator.RequireScripts = true;
        Simulator.Script("gpt-x", Answer.Default);

        (await StatusAsync("gpt-x")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("gpt-y")).ShouldBe(HttpStatusCode.NotImplemented);
        (await StatusAsync("fault-u39")).ShouldBe(HttpStatusCode.InternalServerError);

        Simulator.Requests.Single(request => request.IsUnexpected).Model.ShouldBe("gpt-y");
    }

    [Fact]
    public async Task Answer_WhenScriptedInFull_IsSentAsScripted()
    {
        Simulator.Script("gpt-x", new Answer
        {
            Status = 418,
            Body = "short and stout",
            Headers = new Dictionary<string, string> { ["content-type"] = "text/plain", ["x-teapot"] = "yes" },
        });

        using var response = await AskAsync("gpt-x");

        response.StatusCode.ShouldBe((HttpStatusCode)418);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        response.Content.Headers.ContentLength.ShouldBe(15);
        response.Headers.GetValues("x-teapot").ShouldBe(["yes"]);
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldBe("short and stout");
    }

    [Fact]
    public async Task Answer_WhenDelayed_WaitsOnTheClockBeforeHeadersAndBetweenChunks()
    {
        Simulator.Script("gpt-x", new Answer
        {
            Body = "data: 1\n\ndata: 2\n\ndata: 3\n\n", DelayBeforeHeadersMs = 60_000, DelayBetweenChunksMs = 30_000,
        });

        (await AskForEventsAsync("gpt-x")).ShouldBe(["1", "2", "3"]);

        clock.Waits.ShouldBe([60, 30, 30]);
    }

    [Fact]
    public async Task Answer_WhenSplitAtOffsets_HasAChunkForEach()
    {
        Simulator.Script("gpt-x", new Answer { Body = "data: äö\n\n", SplitAt = [7, 9, 500], DelayBetweenChunksMs = 1000 });

        (await AskForEventsAsync("gpt-x")).ShouldBe(["äö"]);

        // Three chunks, two pauses: an offset past the end is none.
        clock.Waits.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Stream_WhenTextIsInserted_HasItAfterThatEvent()
    {
        Simulator.Script("gpt-x", new Answer { Text = "a b", Insertions = [new(1, "data: first\n\n"), new(99, "data: last\n\n")] });

        var events = await AskForEventsAsync("gpt-x");

        events[1].ShouldBe("first");
        events[^1].ShouldBe("last");
    }

    [Fact]
    public async Task Stream_WhenItTurnsIntoAnError_HasNoTerminator()
    {
        Simulator.Script("gpt-x", new Answer { StreamErrorAfter = 3, ErrorMessage = "broke" });

        var events = await AskForEventsAsync("gpt-x");

        events.Count.ShouldBe(4);
        JsonNode.Parse(events[^1])!["error"]!["message"]!.GetValue<string>().ShouldBe("broke");
    }

    [Fact]
    public async Task Reset_WhenCalled_ForgetsScriptsAndRequests()
    {
        Simulator.Script("gpt-x", new Answer { Status = 500 });
        await StatusAsync("gpt-x");

        Simulator.Reset();

        Simulator.Requests.ShouldBeEmpty();
        (await StatusAsync("gpt-x")).ShouldBe(HttpStatusCode.OK);
    }

    private async Task<HttpStatusCode> StatusAsync(string model)
    {
        using var response = await AskAsync(model);
        return response.StatusCode;
    }

    private async Task<string> ContentAsync(string model, string? key = null)
        => (await AskForJsonAsync(model, key: key))["choices"]![0]!["message"]!["content"]!.GetValue<string>();

    /// <summary>Every wait is over at once, and written down in seconds.</summary>
    private sealed class ImpatientClock : TimeProvider
    {
        public List<double> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime.TotalSeconds);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
