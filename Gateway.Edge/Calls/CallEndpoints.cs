using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Edge.Pipeline;
using Gateway.Llm.ChatCompletions;
using Gateway.Llm.Messages;
using ServiceDefaults.Authorization;

namespace Gateway.Edge.Calls;

/// <summary>Where clients call models, one path for each format.</summary>
internal static class CallEndpoints
{
    public static void MapCalls(this IEndpointRouteBuilder endpoints)
    {
        var routes = endpoints.MapGroup("").WithAccess(Access.VirtualKey);
        var pipeline = endpoints.ServiceProvider.GetRequiredService<CallPipeline>();
        routes.MapPost("/v1/chat/completions", context => pipeline.RunAsync(context, ClientFormat.Chat, body => FactsReader.Read(ChatFormat.Instance, body)));
        routes.MapPost("/v1/messages", context => pipeline.RunAsync(context, ClientFormat.Messages, body => FactsReader.Read(MessagesFormat.Instance, body)));
        routes.MapPost("/v1/messages/count_tokens", context => pipeline.RunAsync(
            context,
            ClientFormat.Messages,
            body => FactsReader.Read(MessagesRequestScanner.ScanCount, body) with { Stream = false, MaxOutputTokens = null },
            CallOperation.CountTokens));
        routes.MapPost("/v1/completions", context => pipeline.RunAsync(
            context, ClientFormat.Chat, body => FactsReader.Read(CompletionRequestScanner.Scan, body), CallOperation.Complete));
        routes.MapPost("/v1/embeddings", context => pipeline.RunAsync(
            context, ClientFormat.Chat, body => FactsReader.Read(EmbeddingRequestScanner.Scan, body), CallOperation.Embeddings));
    }
}
