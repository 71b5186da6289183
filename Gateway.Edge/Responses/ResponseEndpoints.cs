using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Responses;
using Gateway.Contracts.Routing;
using Gateway.Edge.Calls;
using Gateway.Edge.Pipeline;
using Gateway.Llm.Responses;

namespace Gateway.Edge.Responses;

/// <summary>OpenAI's Responses API: calls, and what is stored of them.</summary>
internal static class ResponseEndpoints
{
    public static void AddResponses(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ResponseHistory>();
        builder.Services.AddTransient<ResponsesCall>();
    }

    public static void MapResponses(this IEndpointRouteBuilder routes)
    {
        var pipeline = routes.ServiceProvider.GetRequiredService<CallPipeline>();
        routes.MapPost("/v1/responses", context => pipeline.RunAsync(
            context,
            ClientFormat.Responses,
            body => FactsReader.Read(ResponsesFormat.Instance, body),
            state: context.RequestServices.GetRequiredService<ResponsesCall>()));
        routes.MapPost("/v1/responses/input_tokens", context => pipeline.RunAsync(
            context,
            ClientFormat.Responses,
            body => FactsReader.Read(ResponsesFormat.Instance, body) with { Stream = false, MaxOutputTokens = null },
            CallOperation.CountTokens,
            new ResponsesCount(context.RequestServices.GetRequiredService<ResponsesCall>())));
        routes.MapGet("/v1/responses/{id}", GetAsync);
        routes.MapDelete("/v1/responses/{id}", DeleteAsync);
        routes.MapPost("/v1/responses/{id}/cancel", CancelAsync);
        routes.MapGet("/v1/responses/{id}/input_items", ListInputAsync);
    }

    private static async Task GetAsync(HttpContext context)
    {
        var response = await RequireAsync(context);
        if (context.Request.Query["stream"] == "true")
        {
            throw new GatewayErrorException(GatewayError.BadRequest(
                "unsupported_parameter", "The response was not made in the background: it has no stream to go on with.", "stream"));
        }

        await WriteAsync(context, response.Response);
    }

    private static async Task DeleteAsync(HttpContext context)
    {
        var key = await StoredKeyAsync(context);
        if (await Store(context).DeleteAsync(key, context.RequestAborted) is not { WasThere: true })
        {
            throw new GatewayErrorException(ResponseHistory.NotFound("Response", key.Id));
        }

        await WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(new { id = key.Id, @object = "response.deleted", deleted = true }));
    }

    private static async Task CancelAsync(HttpContext context)
    {
        await RequireAsync(context);
        throw new GatewayErrorException(GatewayError.BadRequest(
            "invalid_value", "Only responses in the background can be cancelled: close the connection of any other.", "id"));
    }

    private static async Task ListInputAsync(HttpContext context)
    {
        var response = await RequireAsync(context);
        var earlier = response.PreviousId is { } previous
            ? (await Store(context).HistoryAsync(new StoredKey(response.Tenant, previous), context.RequestAborted))?.Turns ?? []
            : [];
        var input = InputItems.Join([.. earlier.Select(turn => (ReadOnlyMemory<byte>)turn), response.Input]);
        await WriteAsync(context, ItemList.Write(InputItems.ToListed(input, response.Id), ItemPage.Read(context.Request.Query)));
    }

    private static async Task<StoredResponse> RequireAsync(HttpContext context)
    {
        var key = await StoredKeyAsync(context);
        return await Store(context).FindAsync(key, context.RequestAborted) ?? throw new GatewayErrorException(ResponseHistory.NotFound("Response", key.Id));
    }

    private static async Task<StoredKey> StoredKeyAsync(HttpContext context) => new(
        await context.RequestServices.GetRequiredService<ResponseHistory>().RequireTenantAsync(
            ClientCredentials.RequireKey(context.Request), context.RequestAborted),
        (string)context.Request.RouteValues["id"]!);

    private static IResponseStore Store(HttpContext context) => context.RequestServices.GetRequiredService<IResponseStore>();

    internal static async Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }
}
