using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Edge.Calls;
using Gateway.Llm;
using Gateway.Llm.ChatCompletions;
using Gateway.Llm.Messages;
using Gateway.Simulator;
using Gateway.Simulator.Scripts;
using RoutingService;
using RoutingService.Providers;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using ServiceDefaults.Telemetry;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Routing;

/// <summary>Embeddings, completions of plain text, counts, several answers: passed through or translated where the provider has them.</summary>
public sealed class OtherOperationTests : IAsyncLifetime
{
    private const string Vectors = """{"object":"list","data":[{"object":"embedding","index":0,"embedding":"AACAPw=="}],"model":"m","usage":{"prompt_tokens":7,"total_tokens":7}}""";

    private const string Completion = """
        {"id":"cmpl-1","object":"text_completion","created":1,"model":"m","choices":[{"text":" there","index":0,"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":3,"total_tokens":5}}
        """;

    private static readonly Dictionary<string, string> BedrockSettings = new() { ["region"] = "us-east-1" };

    private readonly Databases _databases = new();
    private ModuleHost _host = null!;
    private SimulatorServer _simulator = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorServer.StartAsync(cancellationToken: Cancelled);
        _host = await ModuleHost.StartAsync("routing", await _databases.ConnectionStringAsync(Databases.Sqlite), builder =>
        {
            // Nobody moves the clock for a wait between two attempts.
            builder.Configuration["Routing:Retry:MaxAttempts"] = "1";
            builder.AddModelRouter();
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _databases.DisposeAsync();
        await _simulator.DisposeAsync();
    }

    [Theory]
    [InlineData("openai", "v1", "/v1/embeddings")]
    [InlineData("openai_compatible", "v1", "/v1/embeddings")]
    [InlineData("azure", "", "/openai/v1/embeddings")]
    public async Task Embeddings_WhenTheProviderHasThem_GoThrough(string type, string path, string expected)
    {
        _simulator.Script("*", new Answer { Body = Vectors });
        const string Body = """{"model":"x","input":["some","text"],"encoding_format":"base64","dimensions":256}""";

        await using var dispatch = await DispatchAsync(type, path, Body, EmbeddingRequestScanner.Scan, CallOperation.Embeddings);
        var answer = await ReadAsync(dispatch);

        answer.ShouldBe(Vectors);
        dispatch.End!.Usage.ShouldBe(new TokenUsage { Input = 7 });
        dispatch.End.UsageSource.ShouldBe(UsageSource.Provider);
        var request = _simulator.Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe(expected);
        request.Violations.ShouldBeEmpty();
        request.BodyText.ShouldBe(Body.Replace("\"x\"", "\"upstream\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Completions_WhenTheProviderHasThem_GoThrough()
    {
        _simulator.Script("*", new Answer { Body = Completion });

        await using var dispatch = await DispatchAsync("openai_compatible", "v1", """{"model":"x","prompt":"Hello","max_tokens":5}""", CompletionRequestScanner.Scan, CallOperation.Complete);
        var answer = await ReadAsync(dispatch);

        answer.ShouldBe(Completion);
        dispatch.End!.Usage.ShouldBe(new TokenUsage { Input = 2, Output = 3 });
        _simulator.Requests.ShouldHaveSingleItem().Path.ShouldBe("/v1/completions");
    }

    [Theory]
    [InlineData("amazon.titan-embed-text-v2:0", "\"some\"", ",\"dimensions\":256", """{"inputText":"some","dimensions":256}""", 3)]
    [InlineData("amazon.titan-embed-text-v1", "[\"some\"]", "", """{"inputText":"some"}""", 3)]
    [InlineData("cohere.embed-english-v3", "[\"some\",\"text\"]", "", """{"texts":["some","text"],"input_type":"search_document"}""", 6)]
    [InlineData("us.cohere.embed-v4:0", "[\"some\",\"text\"]", ",\"dimensions\":256,\"input_type\":\"search_query\"", """{"texts":["some","text"],"input_type":"search_query","output_dimension":256}""", 6)]
    public async Task Embeddings_WhenByBedrock_AreInTheModelsOwnWords(string model, string input, string more, string expected, long tokens)
    {
        await using var dispatch = await DispatchAsync(
            "bedrock", "", $$"""{"model":"x","input":{{input}}{{more}}}""", EmbeddingRequestScanner.Scan, CallOperation.Embeddings, model, BedrockSettings);
        var answer = JsonNode.Parse(await ReadAsync(dispatch))!;

        var request = _simulator.Requests.ShouldHaveSingleItem();
        Uri.UnescapeDataString(request.Path).ShouldBe($"/model/{model}/invoke");
        request.BodyText.ShouldBe(expected);
        var data = answer["data"]!.AsArray();
        data.Select(entry => entry!["index"]!.GetValue<int>()).ShouldBe(Enumerable.Range(0, input.Contains("text", StringComparison.Ordinal) ? 2 : 1));
        data[^1]!["embedding"]!.ToJsonString().ShouldBe($"[{data.Count - 1},0.25,-0.5]");
        answer["model"]!.GetValue<string>().ShouldBe("x");
        answer["usage"]!["prompt_tokens"]!.GetValue<long>().ShouldBe(tokens);
        dispatch.End!.Usage.ShouldBe(new TokenUsage { Input = tokens });
        dispatch.End.UsageSource.ShouldBe(UsageSource.Provider);
    }

    /// <summary>Newer Cohere models list vectors by the kind of their numbers, and not every one is counted.</summary>
    [Fact]
    public async Task Embeddings_WhenCohereNamesTheirKind_AreFoundAndEstimated()
    {
        _simulator.Script("invoke", new Answer { Body = """{"id":"1","embeddings":{"float":[[1.5,-2]]},"response_type":"embeddings_by_type"}""" });

        await using var dispatch = await DispatchAsync(
            "bedrock", "", """{"model":"x","input":"some","encoding_format":"base64","user":"u"}""", EmbeddingRequestScanner.Scan, CallOperation.Embeddings, "cohere.embed-v4:0", BedrockSettings);
        var answer = JsonNode.Parse(await ReadAsync(dispatch))!;

        Convert.FromBase64String(answer["data"]![0]!["embedding"]!.GetValue<string>()).ShouldBe([0, 0, 192, 63, 0, 0, 0, 192]);
        dispatch.Head.Losses.ShouldBe(["dropped:user"]);
        dispatch.End!.UsageSource.ShouldBe(UsageSource.Estimated);
    }

    [Theory]
    [InlineData("amazon.titan-embed-text-v2:0", """{"model":"x","input":["one","two"]}""", "input")]
    [InlineData("amazon.titan-embed-text-v1", """{"model":"x","input":"one","dimensions":256}""", "dimensions")]
    [InlineData("cohere.embed-english-v3", """{"model":"x","input":"one","dimensions":256}""", "dimensions")]
    [InlineData("cohere.embed-english-v3", """{"model":"x","input":[1,2]}""", "input")]
    [InlineData("amazon.nova-lite-v1:0", """{"model":"x","input":"one"}""", "model")]
    [InlineData("cohere.embed-v4:0", """{"model":"x","input":"one","dimensions":"many"}""", "dimensions")]
    [InlineData("cohere.embed-v4:0", """{"model":"x","input":"one","encoding_format":"hex"}""", "encoding_format")]
    public async Task Embeddings_WhenBedrockHasThemNot_AreRefusedByField(string model, string body, string param)
    {
        await using var dispatch = await DispatchAsync("bedrock", "", body, EmbeddingRequestScanner.Scan, CallOperation.Embeddings, model, BedrockSettings);

        dispatch.Head.Error.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.BadRequest);
        dispatch.Head.Error.Param.ShouldBe(param);
        _simulator.Requests.ShouldBeEmpty();
    }

    /// <summary>Bedrock counts for models, not for the profiles that lead to them.</summary>
    [Theory]
    [InlineData("anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6")]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("global.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6")]
    public async Task Count_WhenBedrockCounts_IsBedrocks(string model, string counted)
    {
        await using var dispatch = await CountAsync(model);
        var answer = await ReadAsync(dispatch);

        answer.ShouldBe("""{"input_tokens":5}""");
        dispatch.Head.IsEstimated.ShouldBeFalse();
        var request = _simulator.Requests.ShouldHaveSingleItem();
        Uri.UnescapeDataString(request.Path).ShouldBe($"/model/{counted}/count-tokens");
        request.Violations.ShouldBeEmpty();
        var converse = JsonNode.Parse(request.BodyText)!["input"]!["converse"]!.AsObject();
        converse.Select(member => member.Key).ShouldBe(["system", "messages", "toolConfig", "additionalModelRequestFields"]);
    }

    [Theory]
    [InlineData("amazon.nova-lite-v1:0", 0, "")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc", 0, "")]
    [InlineData("anthropic.claude-sonnet-4-6", 403, "AccessDeniedException")]
    public async Task Count_WhenBedrockCountsNot_IsEstimated(string model, int status, string code)
    {
        if (status > 0)
        {
            _simulator.Script("count-tokens", new Answer { Status = status, ErrorCode = code });
        }

        await using var dispatch = await CountAsync(model);
        var answer = JsonNode.Parse(await ReadAsync(dispatch))!;

        answer["input_tokens"]!.GetValue<long>().ShouldBeGreaterThan(0);
        dispatch.Head.IsEstimated.ShouldBeTrue();
    }

    [Theory]
    [InlineData(403, "UnrecognizedClientException", "upstream_auth")]
    [InlineData(429, "ThrottlingException", "upstream_rate_limited")]
    public async Task Count_WhenBedrockFails_IsTheFailure(int status, string code, string expected)
    {
        _simulator.Script("count-tokens", new Answer { Status = status, ErrorCode = code });

        await using var dispatch = await CountAsync("anthropic.claude-sonnet-4-6");

        dispatch.Head.Error.ShouldNotBeNull().Code.ShouldBe(expected);
    }

    [Theory]
    [InlineData("anthropic", CallOperation.Embeddings)]
    [InlineData("simulated", CallOperation.Complete)]
    public async Task Operation_WhenTheProviderHasItNot_IsRefused(string type, CallOperation operation)
    {
        await using var dispatch = await DispatchAsync(type, "v1", """{"model":"x","input":"a","prompt":"a"}""", CompletionRequestScanner.Scan, operation);

        dispatch.Head.Error.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.BadRequest);
        dispatch.Head.Error.Code.ShouldBe("unsupported_operation");
        _simulator.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(CallOperation.Generate, "chat")]
    [InlineData(CallOperation.Embeddings, "embeddings")]
    [InlineData(CallOperation.Complete, "text_completion")]
    [InlineData(CallOperation.CountTokens, "count_tokens")]
    public async Task Span_OfAnAttempt_IsNamedByItsOperation(CallOperation operation, string expected)
    {
        var model = $"model-{Guid.NewGuid():N}";
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GatewayTelemetry.Source.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        await using (var dispatch = await DispatchAsync(
            "openai", "v1", """{"model":"x","input":"a","prompt":"a","messages":[{"role":"user","content":"a"}]}""", CompletionRequestScanner.Scan, operation, model))
        {
            await ReadAsync(dispatch);
        }

        // Other tests run beside this one.
        var span = spans.Where(span => Equals(span.GetTagItem("gen_ai.request.model"), model)).ShouldHaveSingleItem();
        span.DisplayName.ShouldBe($"{expected} {model}");
        span.GetTagItem("gen_ai.operation.name").ShouldBe(expected);
    }

    [Theory]
    [InlineData("anthropic", "claude-sonnet-4-6")]
    [InlineData("gemini", "gemini-2.5-flash")]
    [InlineData("bedrock", "anthropic.claude-sonnet-4-6")]
    [InlineData("simulated", "echo")]
    public async Task SeveralAnswers_WhereACallHasOne_AreRefusedInTheSameWords(string type, string model)
    {
        await using var dispatch = await DispatchAsync(
            type, "v1", """{"model":"x","n":2,"messages":[{"role":"user","content":"hi"}]}""", ChatRequestScanner.Scan, CallOperation.Generate, model, BedrockSettings);

        var error = dispatch.Head.Error.ShouldNotBeNull();
        (error.Kind, error.Code, error.Param).ShouldBe((GatewayErrorKind.BadRequest, "unsupported_parameter", "n"));
        error.Message.ShouldBe($"n is not supported by p ({model}): it gives one answer in a call.");
        _simulator.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("openai", "v1")]
    [InlineData("azure", "")]
    [InlineData("openai_compatible", "v1")]
    public async Task SeveralAnswers_WhereTheProviderHasThem_AreAskedFor(string type, string path)
    {
        await using var dispatch = await DispatchAsync(
            type, path, """{"model":"x","n":2,"messages":[{"role":"user","content":"hi"}]}""", ChatRequestScanner.Scan, CallOperation.Generate);

        dispatch.Head.Error.ShouldBeNull();
        _simulator.Requests.ShouldHaveSingleItem().BodyText.ShouldContain("\"n\":2");
    }

    [Theory]
    [InlineData("""{"model":"x"}""", "input")]
    [InlineData("""{"model":"x","input":5}""", "input")]
    [InlineData("""{"model":"x","input":"a","stream":true}""", "stream")]
    public void EmbeddingScan_WhenARequestIsWrong_NamesTheField(string body, string param)
        => Should.Throw<InvalidRequestException>(() => EmbeddingRequestScanner.Scan(Encoding.UTF8.GetBytes(body))).Param.ShouldBe(param);

    [Theory]
    [InlineData("""{"model":"x","input":"four"}""", 4)]
    [InlineData("""{"model":"x","input":["four","four"]}""", 8)]
    [InlineData("""{"model":"x","input":[101,102]}""", 9)]
    public void EmbeddingScan_OfTextOrTokens_HasABaseForTheEstimate(string body, long bytes)
        => EmbeddingRequestScanner.Scan(Encoding.UTF8.GetBytes(body)).TextBytes.ShouldBe(bytes);

    private Task<Dispatch> CountAsync(string model) => DispatchAsync(
        "bedrock",
        "",
        """
        {"model":"x","system":"s","messages":[{"role":"user","content":"four tokens in it"}],
         "tools":[{"name":"look","input_schema":{"type":"object"}}],"thinking":{"type":"enabled","budget_tokens":2000}}
        """,
        MessagesRequestScanner.ScanCount,
        CallOperation.CountTokens,
        model,
        BedrockSettings,
        ClientFormat.Messages);

    private async Task<Dispatch> DispatchAsync(
        string type,
        string path,
        string json,
        FactsReader.Scanner scanner,
        CallOperation operation,
        string model = "upstream",
        Dictionary<string, string>? settings = null,
        ClientFormat format = ClientFormat.Chat)
    {
        var provider = new ProviderTarget("p", _host.Get<ProviderAdapters>().Get(type), new Uri(_simulator.BaseAddress, path), IsLocal: true, new ProviderCredential("sk-1"))
        {
            Settings = settings ?? [],
        };
        _host.Get<RoutingTable>().Current = RoutingSnapshots.Of([provider], [("x", "p", model)]);
        var body = Encoding.UTF8.GetBytes(json);
        var request = new DispatchRequest
        {
            CallId = Guid.NewGuid(),
            KeyId = Guid.NewGuid(),
            Format = format,
            Operation = operation,
            Facts = FactsReader.Read(scanner, body),
            BodyLength = body.Length,
        };
        return await _host.Get<IModelRouter>().DispatchAsync(request, body, Cancelled);
    }

    private static async Task<string> ReadAsync(Dispatch dispatch)
    {
        dispatch.Head.Error.ShouldBeNull();
        var text = new StringBuilder();
        while (await dispatch.ReadAsync(Cancelled) is { IsEmpty: false } piece)
        {
            text.Append(Encoding.UTF8.GetString(piece.Span));
        }

        return text.ToString();
    }
}
