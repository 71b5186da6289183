using System.ClientModel;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using OpenAI;
using OpenAI.Chat;
using Shouldly;
using Xunit;

namespace Tests.Simulator;

public sealed class OpenAIChatTests : SimulatorTest
{
    [Fact]
    public async Task Default_WhenNotStreamed_HasFiftyTokensAndCountedUsage()
    {
        var answer = await AskForJsonAsync("gpt-x");

        answer["object"]!.GetValue<string>().ShouldBe("chat.completion");
        answer["model"]!.GetValue<string>().ShouldBe("gpt-x");
        answer["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe("stop");
        answer["choices"]![0]!["message"]!["content"]!.GetValue<string>().Split(' ').Length.ShouldBe(50);
        // "Say something." has 14 bytes.
        answer["usage"]!["prompt_tokens"]!.GetValue<int>().ShouldBe(4);
        answer["usage"]!["completion_tokens"]!.GetValue<int>().ShouldBe(50);
        answer["usage"]!["total_tokens"]!.GetValue<int>().ShouldBe(54);
    }

    [Fact]
    public async Task Default_WhenStreamed_SaysTheSameAsWithout()
    {
        var whole = await AskForJsonAsync("gpt-x");

        var events = await AskForEventsAsync("gpt-x");

        // Role, 50 tokens, finish reason, terminator.
        events.Count.ShouldBe(53);
        events[^1].ShouldBe("[DONE]");
        var chunks = events[..^1].ConvertAll(data => JsonNode.Parse(data)!);
        chunks.Select(chunk => chunk["id"]!.GetValue<string>()).Distinct().Count().ShouldBe(1);
        string.Concat(chunks.Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"]))
            .ShouldBe(whole["choices"]![0]!["message"]!["content"]!.GetValue<string>());
        chunks.ShouldAllBe(chunk => !chunk.AsObject().ContainsKey("usage"));
    }

    [Fact]
    public async Task Default_WhenUsageIsAskedForInAStream_IsInAChunkOfItsOwn()
    {
        var whole = await AskForJsonAsync("gpt-x");

        var events = await AskForEventsAsync("gpt-x", ",\"stream_options\":{\"include_usage\":true}");

        var chunks = events[..^1].ConvertAll(data => JsonNode.Parse(data)!.AsObject());
        chunks[..^1].ShouldAllBe(chunk => chunk.ContainsKey("usage") && chunk["usage"] == null);
        chunks[^1]["choices"]!.AsArray().ShouldBeEmpty();
        JsonNode.DeepEquals(chunks[^1]["usage"], whole["usage"]).ShouldBeTrue();
    }

    [Theory]
    [InlineData("max_tokens")]
    [InlineData("max_completion_tokens")]
    public async Task Default_WhenOutputIsCapped_KeepsToTheCap(string field)
    {
        var answer = await AskForJsonAsync("gpt-x", $",\"{field}\":7");

        answer["usage"]!["completion_tokens"]!.GetValue<int>().ShouldBe(7);
        answer["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe("length");
    }

    [Fact]
    public async Task Default_WhenAskedTwice_HasAnotherId()
    {
        var first = await AskForJsonAsync("gpt-x");
        var second = await AskForJsonAsync("gpt-x");

        second["id"]!.GetValue<string>().ShouldNotBe(first["id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("{\"model\":", "We could not parse")]
    [InlineData("{\"messages\":[]}", "you must provide a model")]
    [InlineData("{\"model\":\"\\ud800\"}", "We could not parse")]
    public async Task Request_WhenBroken_IsRefusedAsOpenAIDoes(string body, string message)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await Client.PostAsync("v1/chat/completions", content, Cancelled);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldContain(message);
    }

    [Fact]
    public async Task Client_WhenItIsOpenAIs_ReadsAnswersAndStreams()
    {
        var sdk = SdkClient("gpt-x");

        ChatCompletion whole = await sdk.CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Cancelled);
        var streamed = new StringBuilder();
        await foreach (var update in sdk.CompleteChatStreamingAsync([new UserChatMessage("hello")], cancellationToken: Cancelled))
        {
            streamed.AppendJoin("", update.ContentUpdate.Select(part => part.Text));
        }

        streamed.ToString().ShouldBe(whole.Content[0].Text);
        whole.Usage.OutputTokenCount.ShouldBe(50);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_WhenToolsAreCalled_ReadsTheCalls(bool stream)
    {
        Simulator.Script("gpt-x", new Answer
        {
            ToolCalls = [new("weather", "{\"city\":\"Zürich\"}"), new("time", "{}", Id: "call_given")],
            Usage = new AnswerUsage(Input: 100, Output: 20, CachedInput: 64, Reasoning: 8),
        });
        var sdk = SdkClient("gpt-x");

        var calls = stream ? await StreamedCallsAsync(sdk) : await CallsAsync(sdk);

        calls.Count.ShouldBe(2);
        calls[0].ShouldEndWith("_0 weather {\"city\":\"Zürich\"}");
        calls[1].ShouldBe("call_given time {}");
    }

    [Fact]
    public async Task Models_WhenListed_AreTheSimulators()
    {
        var models = JsonNode.Parse(await Client.GetStringAsync("v1/models", Cancelled))!;

        models["data"]!.AsArray().Select(model => model!["id"]!.GetValue<string>()).ShouldBe(["simulator-small", "simulator-large"]);
    }

    private ChatClient SdkClient(string model)
        => new(model, new ApiKeyCredential("sk-test"), new OpenAIClientOptions { Endpoint = new Uri(Simulator.BaseAddress, "v1") });

    private static async Task<List<string>> CallsAsync(ChatClient sdk)
    {
        ChatCompletion answer = await sdk.CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Cancelled);
        answer.Usage.InputTokenDetails.CachedTokenCount.ShouldBe(64);
        answer.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        return [.. answer.ToolCalls.Select(call => $"{call.Id} {call.FunctionName} {call.FunctionArguments}")];
    }

    private static async Task<List<string>> StreamedCallsAsync(ChatClient sdk)
    {
        var calls = new SortedDictionary<int, string>();
        await foreach (var update in sdk.CompleteChatStreamingAsync([new UserChatMessage("hello")], cancellationToken: Cancelled))
        {
            foreach (var part in update.ToolCallUpdates)
            {
                calls.TryAdd(part.Index, $"{part.ToolCallId} {part.FunctionName} ");
                calls[part.Index] += Encoding.UTF8.GetString(part.FunctionArgumentsUpdate.ToMemory().Span);
            }
        }

        return [.. calls.Values];
    }
}
