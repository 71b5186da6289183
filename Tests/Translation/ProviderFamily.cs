using System.Buffers;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using Gateway.Llm.Messages;
using Gateway.Llm.Responses;
using Gateway.Simulator.Fixtures;
using Gateway.Simulator.Specs;
using RoutingService.Providers;
using RoutingService.Providers.Bedrock;
using RoutingService.Providers.Gemini;

namespace Tests.Translation;

/// <summary>A provider's dialect as the translation tests see it: where its fixtures are, and how they are read and written.</summary>
/// <param name="Folder">Below the fixtures.</param>
internal sealed record ProviderFamily(
    string Name, string Folder, Func<Fixture, EventReader> CreateReader, Action<Fixture, ReadOnlyMemory<byte>, List<StreamEvent>> ReadBody)
{
    public static IReadOnlyList<ProviderFamily> All { get; } =
    [
        new("openai-chat", "openai-chat", _ => new ChatEventReader(), (_, body, events) => ChatAnswerReader.Read(body, events))
        {
            Requests = new RequestDialect(
                SpecNames.ChatRequest,
                body => ChatRequestReader.Read(body),
                (request, context) => ChatRequestWriter.Write(request, ChatProfile.OpenAI, context),
                ChatNormalisation.Of),
            ExcludedRequests = fixture => fixture.Kinds.Contains("req:modalities") ? "answers in sound are for clients that speak the provider's own format" : null,
        },
        new("openai-responses", "openai-responses", _ => new ResponsesEventReader(), (_, body, events) => ResponsesAnswerReader.Read(body, events))
        {
            Excluded = fixture => NotAResponse(fixture),
        },
        new("azure", "azure", AzureReader, AzureBody) { Excluded = fixture => IsResponses(fixture) ? NotAResponse(fixture) : null },
        new("anthropic", "anthropic", _ => new MessagesEventReader(), (_, body, events) => MessagesAnswerReader.Read(body, events))
        {
            Excluded = fixture => fixture.Kinds.Contains("count-tokens") ? "a count of tokens is no answer" : null,
            Requests = new RequestDialect(
                SpecNames.MessagesBetaRequest,
                body => MessagesRequestReader.Read(body),
                WriteMessages,
                MessagesNormalisation.Of),
            NewerThanSpec = fixture => fixture.Kinds.Contains("count-tokens") ? "it is no request for an answer"
                : fixture.Kinds.Contains("mid-conversation-system") ? "the description has no instructions within a conversation"
                : fixture.Request.BodyText is { } body && (body.Contains("advisor_20260301", StringComparison.Ordinal) || body.Contains("web_search_20260318", StringComparison.Ordinal))
                    ? "the description has an older form of the tool"
                : null,
            ExcludedRequests = fixture => fixture.Kinds.Contains("count-tokens") ? "its tokens were to be counted, without a cap"
                : fixture.Kinds.Contains("mid-conversation-system") ? "instructions go to the front, which is reported"
                : null,
        },
        new("gemini", "gemini", fixture => new GeminiEventReader(GeminiOf(fixture)), (fixture, body, events) => GeminiAnswerReader.Read(body, GeminiOf(fixture), events))
        {
            IsStream = fixture => fixture.ReplayText.TrimStart().StartsWith("data:", StringComparison.Ordinal),
            Excluded = fixture => fixture.Kinds.Contains("count-tokens") ? "a count of tokens"
                : fixture.Request.Url?.Contains("batchGenerateContent", StringComparison.Ordinal) == true ? "the batch API is not called"
                : null,
        },
        new("bedrock", "bedrock", fixture => new BedrockEventReader(BedrockOf(fixture)), (fixture, body, events) => BedrockAnswerReader.Read(body, BedrockOf(fixture), events)),
    ];

    /// <summary>Null where the provider has no client format of the same speech.</summary>
    public RequestDialect? Requests { get; init; }

    /// <summary>Why an answer is not read; null when it is.</summary>
    public Func<Fixture, string?> Excluded { get; init; } = _ => null;

    /// <summary>Why a request is not held against the vendor's description; null when it is.</summary>
    public Func<Fixture, string?> NewerThanSpec { get; init; } = _ => null;

    /// <summary>Why a request is not read; null when it is.</summary>
    public Func<Fixture, string?> ExcludedRequests { get; init; } = _ => null;

    /// <summary>The recorded bytes are a stream.</summary>
    public Func<Fixture, bool> IsStream { get; init; } = fixture => fixture.IsStream;

    public override string ToString() => Name;

    private static EventReader AzureReader(Fixture fixture) => IsResponses(fixture) ? new ResponsesEventReader() : new ChatEventReader();

    private static void AzureBody(Fixture fixture, ReadOnlyMemory<byte> body, List<StreamEvent> events)
    {
        if (IsResponses(fixture))
        {
            ResponsesAnswerReader.Read(body, events);
        }
        else
        {
            ChatAnswerReader.Read(body, events);
        }
    }

    private static bool IsResponses(Fixture fixture) => fixture.Kinds.Contains("azure-responses");

    private static string? NotAResponse(Fixture fixture)
        => fixture.Kinds.FirstOrDefault(kind => kind.StartsWith("op:", StringComparison.Ordinal) && kind != "op:GET /responses/{id}") is { } operation ? $"no answer of a model but {operation[3..]}"
            : fixture.Kinds.Contains("response-queued") ? "an answer that is still being made"
            : null;

    private static GeminiAnswer GeminiOf(Fixture fixture) => new(Context(fixture), new FreeformTools(Request(fixture)), (_, _) => { });

    private static BedrockAnswer BedrockOf(Fixture fixture) => new(Context(fixture), new FreeformTools(Request(fixture)), null);

    private static AnswerContext Context(Fixture fixture) => new(Guid.Empty, Request(fixture), 0, new LossReport());

    private static LlmRequest Request(Fixture fixture) => new() { Model = fixture.Model ?? "" };

    private static byte[] WriteMessages(LlmRequest request, RequestContext context)
    {
        var output = new ArrayBufferWriter<byte>();
        MessagesRequestWriter.Write(output, request, context);
        return output.WrittenSpan.ToArray();
    }
}

/// <summary>Requests of a provider's dialect, read and written again.</summary>
/// <param name="Normalise">Makes two spellings of the same request equal, each rule with its reason.</param>
internal sealed record RequestDialect(
    string Spec,
    Func<ReadOnlyMemory<byte>, LlmRequest> Read,
    Func<LlmRequest, RequestContext, byte[]> Write,
    Action<System.Text.Json.Nodes.JsonObject, LlmRequest> Normalise);
