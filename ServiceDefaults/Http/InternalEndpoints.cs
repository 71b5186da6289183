using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ServiceDefaults.Http;

/// <summary>JSON in, JSON out, by source-generated contracts: a method of a service's interface as an endpoint.</summary>
public static class InternalEndpoints
{
    /// <summary>An answer of null is a 204.</summary>
    public static void MapInternalPost<TRequest, TResponse>(
        this IEndpointRouteBuilder routes,
        string pattern,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TResponse> responseType,
        Func<IServiceProvider, TRequest, CancellationToken, Task<TResponse?>> handle)
        where TResponse : class
        => routes.MapPost(pattern, async context =>
        {
            if (await ReadAsync(context, requestType) is { } request)
            {
                await WriteAsync(context, await handle(context.RequestServices, request, context.RequestAborted), responseType);
            }
        });

    public static void MapInternalPost<TRequest>(
        this IEndpointRouteBuilder routes,
        string pattern,
        JsonTypeInfo<TRequest> requestType,
        Func<IServiceProvider, TRequest, CancellationToken, Task> handle)
        => routes.MapPost(pattern, async context =>
        {
            if (await ReadAsync(context, requestType) is { } request)
            {
                await handle(context.RequestServices, request, context.RequestAborted);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
            }
        });

    public static void MapInternalGet<TResponse>(
        this IEndpointRouteBuilder routes,
        string pattern,
        JsonTypeInfo<TResponse> responseType,
        Func<IServiceProvider, CancellationToken, Task<TResponse>> handle)
        where TResponse : class
        => routes.MapGet(pattern, async context =>
            await WriteAsync(context, await handle(context.RequestServices, context.RequestAborted), responseType));

    private static async ValueTask<TRequest?> ReadAsync<TRequest>(HttpContext context, JsonTypeInfo<TRequest> type)
    {
        try
        {
            var request = await JsonSerializer.DeserializeAsync(context.Request.BodyReader, type, context.RequestAborted);
            if (request is not null)
            {
                return request;
            }
        }
        catch (JsonException)
        {
            // Answered below: another version of the gateway speaks here, and a default value must not be taken for the truth.
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return default;
    }

    private static async Task WriteAsync<TResponse>(HttpContext context, TResponse? response, JsonTypeInfo<TResponse> type)
        where TResponse : class
    {
        if (response is null)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.BodyWriter, response, type, context.RequestAborted);
    }
}
