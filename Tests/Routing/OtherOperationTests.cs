using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Edge.Calls;
using Gateway.Llm;
using Gateway.Llm.ChatCompletions;
using Gateway.Simulator;
using Gateway.Simulator.Scripts;
using RoutingService;
using RoutingService.Providers;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Routing;

/// <summary>Embeddings, and completions of plain text: passed through where the provider has them.</summary>
public sealed class OtherOperationTests : IAsyncLifetime
{
    private const string Vectors = """{"object":"list","data":[{"object":"embedding","index":0,"embedding":"AACAPw=="}],"model":"m","usage":{"prompt_tokens":7,"total_tokens":7}}""";

    private const string Completion = """
        {"id":"cmpl-1","object":"text_completion","created":1,"model":"m","choices":[{"text":" there","index":0,"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":3,"total_tokens":5}}
        """;

    private readonly Databases _databases = new();
    private ModuleHost _host = null!;
    private SimulatorServer _simulator = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorServer.StartAsync(cancellationToken: Cancelled);
        _host = await ModuleHost.StartAsync("routing", await _databases.ConnectionStringAsync(Databases.Sqlite), builder => builder.AddModelRouter());
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

    private async Task<Dispatch> DispatchAsync(string type, string path, string json, FactsReader.Scanner scanner, CallOperation operation)
    {
        var provider = new ProviderTarget("p", _host.Get<ProviderAdapters>().Get(type), new Uri(_simulator.BaseAddress, path), IsLocal: true, new ProviderCredential("sk-1"));
        _host.Get<RoutingTable>().Current = RoutingSnapshots.Of([provider], [("x", "p", "upstream")]);
        var body = Encoding.UTF8.GetBytes(json);
        var request = new DispatchRequest
        {
            CallId = Guid.NewGuid(),
            KeyId = Guid.NewGuid(),
            Format = ClientFormat.Chat,
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
