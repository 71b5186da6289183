using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using Gateway.Llm.Json;
using Gateway.Llm.Responses;
using RoutingService.Providers.Exchanges;
using RoutingService.Providers.OpenAICompatible;

namespace RoutingService.Providers.OpenAI;

/// <summary>
/// What OpenAI's models are sent, wherever they run: Chat and Responses go through as they are, anything else is translated to Responses; with stop
/// sequences, which that has not, to Chat Completions.
/// </summary>
/// <param name="Path">Behind the address of the API.</param>
internal sealed record OpenAIExchange(string Path, HttpContent Content, AnswerPlan Plan)
{
    /// <summary>Of a model that does not reason.</summary>
    private static readonly ChatProfile PlainChat = ChatProfile.OpenAI with { Missing = ["reasoning_effort"] };

    private static TokenCountPlan CountPlan { get; } = new(static body =>
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.FindCount("input_tokens");
    });

    public static OpenAIExchange For(ProviderCall call, TimeProvider timeProvider)
    {
        var exchange = (call.Request.Operation, call.Request.Format) switch
        {
            (CallOperation.Embeddings, _) => new OpenAIExchange(
                "embeddings", new SplicedContent(call.Body, [ChatSplice.Model(call)]), new PassthroughPlan(new EmbeddingsScan())),
            (CallOperation.Complete, _) => new OpenAIExchange(
                "completions", new SplicedContent(call.Body, ChatSplice.Plan(call)), new PassthroughPlan(new ChatAnswerScan(call))),
            (CallOperation.CountTokens, ClientFormat.Responses) => new OpenAIExchange(
                "responses/input_tokens", new SplicedContent(call.Body, [ChatSplice.Model(call)]), CountPlan),
            (CallOperation.CountTokens, _) => new OpenAIExchange(
                "responses/input_tokens", new ReadOnlyMemoryContent(ResponsesRequestWriter.WriteCount(call.Canonical, call.Target.Model, call.Losses)), CountPlan),
            (_, ClientFormat.Chat) => new OpenAIExchange(
                "chat/completions", new SplicedContent(call.Body, ChatSplice.Plan(call)), new PassthroughPlan(new ChatAnswerScan(call))),
            (_, ClientFormat.Responses) => new OpenAIExchange(
                "responses", new SplicedContent(call.Body, ResponsesSplice.Plan(call)), new PassthroughPlan(new ResponsesAnswerScan())),
            _ when call.Canonical.Stop.Count > 0 && !ResponsesModels.Reasons(call.Target.Model) => new OpenAIExchange(
                "chat/completions",
                new ReadOnlyMemoryContent(ChatRequestWriter.Write(call.Canonical, PlainChat, new RequestTranslation(call))),
                Translate(call, timeProvider, static () => new ChatEventReader(), ChatAnswerReader.Read)),
            _ => new OpenAIExchange(
                "responses",
                new ReadOnlyMemoryContent(ResponsesRequestWriter.Write(call.Canonical, call.Target.Model, call.Losses)),
                Translate(call, timeProvider, static () => new ResponsesEventReader(), ResponsesAnswerReader.Read)),
        };
        exchange.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        return exchange;
    }

    private static TranslationPlan Translate(
        ProviderCall call, TimeProvider timeProvider, Func<EventReader> createReader, Action<ReadOnlyMemory<byte>, List<StreamEvent>> readBody) => new(
        ClientFormats.Of(call.Request.Format),
        new AnswerContext(call.Request.CallId, call.Canonical, timeProvider.GetUtcNow().ToUnixTimeSeconds(), call.Losses),
        createReader,
        readBody);
}
