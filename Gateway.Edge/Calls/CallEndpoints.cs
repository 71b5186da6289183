using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Edge.Description;
using Gateway.Edge.Pipeline;
using Gateway.Llm.ChatCompletions;
using Gateway.Llm.Messages;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;

namespace Gateway.Edge.Calls;

/// <summary>Where clients call models, one path for each format.</summary>
internal static class CallEndpoints
{
    public static void MapCalls(this IEndpointRouteBuilder services)
    {
        var routes = services.MapGroup("").WithTags("Models").WithAccess(Access.VirtualKey);
        var pipeline = services.ServiceProvider.GetRequiredService<CallPipeline>();
        routes.MapPost("/v1/chat/completions", context => pipeline.RunAsync(context, ClientFormat.Chat, body => FactsReader.Read(ChatFormat.Instance, body)))
            .WithSummary("OpenAI Chat Completions").WithBody(ClientBodies.Chat, """{"model": "echo", "messages": [{"role": "user", "content": "hello"}]}""")
            .WithAnswer("application/json", "The answer, or its events where 'stream' is true.", ClientBodies.Answer()).WithAnswer("text/event-stream", "Events.");
        routes.MapPost("/v1/messages", context => pipeline.RunAsync(context, ClientFormat.Messages, body => FactsReader.Read(MessagesFormat.Instance, body)))
            .WithSummary("Anthropic Messages")
            .WithBody(ClientBodies.Messages, """{"model": "echo", "max_tokens": 100, "messages": [{"role": "user", "content": "hello"}]}""")
            .WithAnswer("application/json", "The answer, or its events where 'stream' is true.", ClientBodies.Answer()).WithAnswer("text/event-stream", "Events.");
        routes.MapPost("/v1/messages/count_tokens", context => pipeline.RunAsync(
            context,
            ClientFormat.Messages,
            body => FactsReader.Read(MessagesRequestScanner.ScanCount, body) with { Stream = false, MaxOutputTokens = null },
            CallOperation.CountTokens))
            .WithSummary("How many input tokens a Messages call has").WithBody(ClientBodies.CountTokens, """{"model": "echo", "messages": [{"role": "user", "content": "hello"}]}""")
            .WithAnswer("application/json", "The count.", ClientBodies.Answer());
        routes.MapPost("/v1/completions", context => pipeline.RunAsync(
            context, ClientFormat.Chat, body => FactsReader.Read(CompletionRequestScanner.Scan, body), CallOperation.Complete))
            .WithSummary("OpenAI Completions").WithBody(ClientBodies.Completion, """{"model": "gpt-3.5-turbo-instruct", "prompt": "hello"}""")
            .WithAnswer("application/json", "The answer, or its events where 'stream' is true.", ClientBodies.Answer()).WithAnswer("text/event-stream", "Events.");
        routes.MapPost("/v1/embeddings", context => pipeline.RunAsync(
            context, ClientFormat.Chat, body => FactsReader.Read(EmbeddingRequestScanner.Scan, body), CallOperation.Embeddings))
            .WithSummary("OpenAI Embeddings").WithBody(ClientBodies.Embeddings, """{"model": "text-embedding-3-small", "input": "hello"}""")
            .WithAnswer("application/json", "The vectors.", ClientBodies.Answer());
    }
}
