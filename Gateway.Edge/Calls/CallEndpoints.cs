using Gateway.Contracts;
using Gateway.Edge.Pipeline;
using Gateway.Llm.ChatCompletions;

namespace Gateway.Edge.Calls;

/// <summary>Where clients call models, one path for each format.</summary>
internal static class CallEndpoints
{
    public static void MapCalls(this IEndpointRouteBuilder routes)
    {
        var pipeline = routes.ServiceProvider.GetRequiredService<CallPipeline>();
        routes.MapPost("/v1/chat/completions", context => pipeline.RunAsync(context, ClientFormat.Chat, body => FactsReader.Read(ChatFormat.Instance, body)));
    }
}
