using System.Buffers;
using System.Text.Json.Nodes;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using Gateway.Llm.Messages;
using Gateway.Llm.Responses;
using Gateway.Simulator.Fixtures;
using Gateway.Simulator.Specs;
using RoutingService.Providers;
using RoutingService.Providers.Anthropic;
using RoutingService.Providers.Azure;
using RoutingService.Providers.Bedrock;
using RoutingService.Providers.Gemini;
using RoutingService.Providers.OpenAICompatible;

namespace Tests.Translation;

/// <summary>A provider's dialect as the translation tests see it: where its fixtures are, and how they are read and written.</summary>
/// <param name="Folder">Below the fixtures.</param>
internal sealed record ProviderFamily(
    string Name, string Folder, Func<Fixture, EventReader> CreateReader, Action<Fixture, ReadOnlyMemory<byte>, List<StreamEvent>> ReadBody)
{
    private static readonly RequestDialect Chat = new(
        SpecNames.ChatRequest,
        body => ChatRequestReader.Read(body),
        (request, context) => ChatRequestWriter.Write(request, ChatProfile.OpenAI, context),
        ChatNormalisation.Of);

    private static readonly RequestDialect Responses = new(
        SpecNames.ResponsesRequest,
        body => ResponsesRequestReader.Read(body),
        (request, context) => ResponsesRequestWriter.Write(request, context.Model, context.Losses).ToArray(),
        (request, _) => ResponsesNormalisation.Of(request))
    {
        Tolerated = new Dictionary<string, string>
        {
            [".id is missing"] = "the spec demands ids of items, which the API does without",
            [".parameters."] = "the spec has the schema of a tool that is searched for as an empty object",
            [".arguments.queries"] = "the spec has the arguments of a search for tools as an empty object",
            ["action.sources must be"] = "a search of the recording has sources of null",
        },
        ToleratedOfClients = new Dictionary<string, string>
        {
            ["not \"output_text\""] = "clients send answers back without the ids that the spec demands",
            [".detail is missing"] = "clients leave out the detail of images",
            [".strict is missing"] = "clients leave out 'strict'",
        },
    };

    // Azure's description has the common part of messages, items and tools alone: their other fields are unknown to it.
    private static readonly RequestDialect AzureChat = Chat with { Spec = SpecNames.AzureChatRequest, IsSpecClosed = false };

    private static readonly RequestDialect AzureResponses = Responses with { Spec = SpecNames.AzureResponsesRequest, IsSpecClosed = false };

    private static readonly RequestDialect Messages = new(
        SpecNames.MessagesBetaRequest, body => MessagesRequestReader.Read(body), WriteMessages, MessagesNormalisation.Of);

    public static IReadOnlyList<ProviderFamily> All { get; } =
    [
        new("openai-chat", "openai-chat", _ => new ChatEventReader(), (_, body, events) => ChatAnswerReader.Read(body, events))
        {
            RequestsOf = _ => Chat,
            ExcludedRequests = fixture => fixture.Kinds.Contains("req:modalities") ? "answers in sound are for clients that speak the provider's own format" : null,
            ReadFault = fixture => OpenAIErrors.FindFault(fixture.ReplayBytes),
        },
        new("openai-responses", "openai-responses", _ => new ResponsesEventReader(), (_, body, events) => ResponsesAnswerReader.Read(body, events))
        {
            Excluded = fixture => NotAResponse(fixture),
            RequestsOf = _ => Responses,
            ExcludedRequests = NotAResponsesRequest,
            ReadFault = fixture => OpenAIErrors.FindFault(fixture.ReplayBytes),
        },
        new("azure", "azure", AzureReader, AzureBody)
        {
            Excluded = fixture => IsResponses(fixture) ? NotAResponse(fixture) : null,
            RequestsOf = fixture => IsResponses(fixture) ? AzureResponses : AzureChat,
            ExcludedRequests = fixture => IsResponses(fixture) ? NotAResponsesRequest(fixture) : null,
            ReadFault = fixture => AzureErrors.FindFault(fixture.ReplayBytes),
        },
        new("anthropic", "anthropic", _ => new MessagesEventReader(), (_, body, events) => MessagesAnswerReader.Read(body, events))
        {
            Excluded = fixture => fixture.Kinds.Contains("count-tokens") ? "a count of tokens is no answer" : null,
            RequestsOf = _ => Messages,
            ReadFault = fixture => AnthropicErrors.FindFault(fixture.ReplayBytes),
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
            ReadFault = fixture => GeminiErrors.FindFault(fixture.Status, fixture.ReplayBytes),
        },
        new("bedrock", "bedrock", fixture => new BedrockEventReader(BedrockOf(fixture)), (fixture, body, events) => BedrockAnswerReader.Read(body, BedrockOf(fixture), events))
        {
            ReadFault = BedrockFault,
        },
    ];

    /// <summary>Null where no client speaks as the provider does.</summary>
    public Func<Fixture, RequestDialect>? RequestsOf { get; init; }

    /// <summary>What the adapter makes of an error answer.</summary>
    public required Func<Fixture, UpstreamFault> ReadFault { get; init; }

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

    private static string? NotAResponsesRequest(Fixture fixture)
    {
        if (fixture.Request.Method != "POST" || fixture.Kinds.FirstOrDefault(kind => kind.StartsWith("op:", StringComparison.Ordinal)) is not null)
        {
            return "no request for an answer";
        }

        var request = JsonNode.Parse(fixture.Request.Body!.Value.Span)!;
        return request["previous_response_id"] is not null || request["conversation"] is not null ? "earlier state is put into a request before it is read"
            : request["prompt"] is not null ? "a stored prompt is OpenAI's own, and refused"
            : request["input"] is JsonArray input && !IdsOf(input, "function_call").SetEquals(IdsOf(input, "function_call_output"))
                ? "a call without its result, or the other way round, is refused"
            : null;
    }

    private static HashSet<string> IdsOf(JsonArray input, string type)
        => [.. input.Where(item => item!["type"]?.GetValue<string>() == type).Select(item => item!["call_id"]!.GetValue<string>())];

    private static UpstreamFault BedrockFault(Fixture fixture)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in fixture.Headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return BedrockErrors.FindFault(fixture.Status, response.Headers, fixture.ReplayBytes);
    }

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
    Func<JsonObject, LlmRequest, JsonObject> Normalise)
{
    /// <summary>A field that is not in the vendor's description is a fault.</summary>
    public bool IsSpecClosed { get; init; } = true;

    /// <summary>Violations that are the spec's own fault, by a part of their text, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Tolerated { get; init; } = new Dictionary<string, string>();

    /// <summary>As <see cref="Tolerated"/>, for what clients sent and the vendor took; the gateway's own requests are held to it.</summary>
    public IReadOnlyDictionary<string, string> ToleratedOfClients { get; init; } = new Dictionary<string, string>();
}
