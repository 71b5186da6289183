using System.Buffers;
using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using ServiceDefaults.Http;

namespace RoutingService.Dispatching;

/// <summary><see cref="IModelRouter"/> for the Edge: a request of head and data, answered by head, data, end over one streamed response.</summary>
internal static class DispatchEndpoints
{
    public static void MapDispatch(this IEndpointRouteBuilder routes)
    {
        var running = new RunningDispatches();
        routes.MapPost(RouterRoutes.Dispatch, context => DispatchAsync(context, running));
        routes.MapPost(RouterRoutes.Cancel + "/{callId:guid}", (Guid callId) => running.Cancel(callId));
        routes.MapInternalPost(
            RouterRoutes.Quote,
            ContractsJson.Default.QuoteQuery,
            ContractsJson.Default.ModelQuote,
            async (services, query, cancellationToken) => (ModelQuote?)await services.GetRequiredService<IModelRouter>().QuoteAsync(query.Model, query.ServiceTier, cancellationToken));
        routes.MapInternalPost(
            RouterRoutes.Explain,
            ContractsJson.Default.RouteQuery,
            ContractsJson.Default.RouteExplanation,
            async (services, query, cancellationToken) => (RouteExplanation?)await services.GetRequiredService<IModelRouter>().ExplainAsync(query, cancellationToken));
        routes.MapInternalGet(
            RouterRoutes.Models,
            ContractsJson.Default.ModelList,
            (services, cancellationToken) => services.GetRequiredService<IModelRouter>().ListModelsAsync(cancellationToken));
        routes.MapInternalGet(
            RouterRoutes.Health,
            ContractsJson.Default.RouterHealth,
            (services, cancellationToken) => services.GetRequiredService<IModelRouter>().CheckHealthAsync(cancellationToken));
    }

    private static async Task DispatchAsync(HttpContext context, RunningDispatches running)
    {
        // The Edge has bounded what it took from the client.
        context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        var (request, body) = await ReadRequestAsync(context);
        try
        {
            using var cancelled = running.Add(request.CallId, context.RequestAborted);
            var router = context.RequestServices.GetRequiredService<IModelRouter>();
            var dispatch = await router.DispatchAsync(request, body.AsMemory(0, request.BodyLength), cancelled.Token);
            await SendAsync(context, dispatch, cancelled);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The Edge has gone; there is nobody to answer.
        }
        finally
        {
            running.Remove(request.CallId);
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    private static async Task SendAsync(HttpContext context, Dispatch dispatch, CancellationTokenSource cancelled)
    {
        var output = context.Response.BodyWriter;
        context.Response.ContentType = Frames.ContentType;
        await using (dispatch)
        {
            FrameWriter.WriteControl(output, FrameType.Head, dispatch.Head, ContractsJson.Default.DispatchHead);
            try
            {
                var told = 0L;
                while (await dispatch.ReadAsync(cancelled.Token) is { IsEmpty: false } piece)
                {
                    if (dispatch.OutputTokens > told)
                    {
                        told = dispatch.OutputTokens;
                        FrameWriter.WriteProgress(output, told);
                    }

                    FrameWriter.WriteData(output, piece.Span);
                    await output.FlushAsync(cancelled.Token);
                }
            }
            catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
            {
                // Disposing the dispatch ends it; its end says what was used.
            }
        }

        FrameWriter.WriteControl(output, FrameType.End, dispatch.End!, ContractsJson.Default.DispatchEnd);
        await output.FlushAsync(context.RequestAborted);
    }

    private static async Task<(DispatchRequest Request, byte[] Body)> ReadRequestAsync(HttpContext context)
    {
        using var frames = new FrameReader(context.Request.Body);
        if (await frames.ReadAsync(context.RequestAborted) is not (FrameType.Head, var head))
        {
            throw new InvalidDataException("A dispatch begins with its head.");
        }

        var request = JsonSerializer.Deserialize(head.Span, ContractsJson.Default.DispatchRequest) ?? throw new InvalidDataException("The head is empty.");
        var body = ArrayPool<byte>.Shared.Rent(request.BodyLength);
        var length = 0;
        while (await frames.ReadAsync(context.RequestAborted) is { } frame)
        {
            frame.Payload.CopyTo(body.AsMemory(length));
            length += frame.Payload.Length;
        }

        return length == request.BodyLength ? (request, body) : throw new InvalidDataException("The body is not as long as its head says.");
    }
}
