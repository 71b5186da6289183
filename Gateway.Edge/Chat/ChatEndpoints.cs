using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Edge.Pipeline;
using Gateway.Llm;
using Gateway.Llm.ChatCompletions;

namespace Gateway.Edge.Chat;

internal static class ChatEndpoints
{
    public static void MapChatCompletions(this IEndpointRouteBuilder routes)
    {
        var pipeline = routes.ServiceProvider.GetRequiredService<CallPipeline>();
        routes.MapPost("/v1/chat/completions", context => pipeline.RunAsync(context, ClientFormat.Chat, Scan));
    }

    internal static RequestFacts Scan(ReadOnlyMemory<byte> body)
    {
        ChatRequestScan scan;
        try
        {
            scan = ChatRequestScanner.Scan(body.Span);
        }
        catch (InvalidRequestException exception)
        {
            throw new GatewayErrorException(GatewayError.BadRequest(exception.Code, exception.Message, exception.Param), exception);
        }

        if (scan.Model.Length == 0)
        {
            throw new GatewayErrorException(GatewayError.BadRequest("missing_required_parameter", "'model' is required.", "model"));
        }

        return new RequestFacts
        {
            Model = scan.Model,
            Stream = scan.Stream,
            IncludeUsage = scan.IncludeUsage,
            MaxOutputTokens = scan.MaxOutputTokens,
            Choices = scan.Choices,
            TextBytes = scan.TextBytes,
            EndUser = scan.EndUser,
            ModelValue = new ByteRange(scan.ModelValue.Start, scan.ModelValue.Length),
            StreamOptionsValue = new ByteRange(scan.StreamOptionsValue.Start, scan.StreamOptionsValue.Length),
            IncludeUsageValue = new ByteRange(scan.IncludeUsageValue.Start, scan.IncludeUsageValue.Length),
        };
    }
}
