using System.Net;
using Gateway.Simulator;
using Shouldly;
using Xunit;

namespace Tests.Simulator;

public sealed class LedgerTests : SimulatorTest
{
    [Fact]
    public async Task Request_WhenAnswered_IsRecordedInFull()
    {
        using var response = await AskAsync("gpt-x", key: "key-1");
        var body = await response.Content.ReadAsByteArrayAsync(Cancelled);

        var request = Simulator.Requests.Single();
        await request.Completion.WaitAsync(Cancelled);

        request.Method.ShouldBe("POST");
        request.Path.ShouldBe("/v1/chat/completions");
        request.Headers["Content-Type"].ToString().ShouldBe("application/json; charset=utf-8");
        request.BodyText.ShouldStartWith("{\"model\":\"gpt-x\"");
        request.Credential.ShouldBe("key-1");
        request.Model.ShouldBe("gpt-x");
        request.Protocol.ShouldBe("openai-chat");
        request.IsStream.ShouldBeFalse();
        request.Status.ShouldBe(200);
        request.BytesSent.ShouldBe(body.Length);
        request.CallerAborted.ShouldBeFalse();
        request.IsUnexpected.ShouldBeFalse();
        request.EndedAt.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(request.StartedAt);
    }

    [Fact]
    public async Task Path_WhenNobodyAnswersThere_IsUnexpected()
    {
        using var response = await Client.PostAsync("v1/chat/completion", content: null, Cancelled);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Simulator.Requests.Single().IsUnexpected.ShouldBeTrue();
    }

    [Fact]
    public async Task Connection_WhenUsedAgain_HasTheSameId()
    {
        await AskForJsonAsync("gpt-x");
        await AskForJsonAsync("gpt-x");
        await AskForEventsAsync("fault-u11");
        await AskForJsonAsync("gpt-x");

        var ids = Simulator.Requests.Select(request => request.ConnectionId).ToList();
        ids[1].ShouldBe(ids[0]);
        ids[2].ShouldBe(ids[0]);
        ids[3].ShouldNotBe(ids[0]);
    }

    [Fact]
    public async Task Ledger_WhenFull_KeepsTheNewest()
    {
        await using var small = await SimulatorServer.StartAsync(
            new SimulatorOptions { RecordedRequests = 2 }, TimeProvider.System, cancellationToken: Cancelled);
        for (var i = 0; i < 3; i++)
        {
            await Client.GetAsync(new Uri(small.BaseAddress, "v1/models"), Cancelled);
        }

        small.Requests.Select(request => request.Number).ShouldBe([2, 3]);
    }

    [Fact]
    public async Task Ledger_WhenOff_AnswersAllTheSame()
    {
        await using var off = await SimulatorServer.StartAsync(
            new SimulatorOptions { RecordedRequests = 0 }, TimeProvider.System, cancellationToken: Cancelled);

        using var response = await Client.PostAsync(
            new Uri(off.BaseAddress, "v1/chat/completions"), new StringContent("{\"model\":\"gpt-x\"}"), Cancelled);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        off.Requests.ShouldBeEmpty();
    }
}
