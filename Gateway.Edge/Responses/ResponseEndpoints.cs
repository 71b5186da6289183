using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Responses;
using Gateway.Contracts.Routing;
using Gateway.Edge.Calls;
using Gateway.Edge.Description;
using Gateway.Edge.Pipeline;
using Gateway.Llm.Json;
using Gateway.Llm.Responses;
using Microsoft.Extensions.Options;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;

namespace Gateway.Edge.Responses;

/// <summary>OpenAI's Responses API: calls, and what is stored of them.</summary>
internal static class ResponseEndpoints
{
    public static void AddResponses(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ResponseHistory>();
        builder.Services.AddTransient<ResponsesCall>();
        builder.Services.AddOptions<BackgroundOptions>().BindConfiguration(BackgroundOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<BackgroundOptions>, BackgroundOptionsValidator>();
        builder.Services.AddSingleton<BackgroundResponses>();
        builder.Services.AddSingleton<BackgroundRuns>();
        builder.Services.AddHostedService(services => services.GetRequiredService<BackgroundRuns>());
    }

    public static void MapResponses(this IEndpointRouteBuilder services)
    {
        var routes = services.MapGroup("").WithTags("Responses").WithAccess(Access.VirtualKey);
        var pipeline = services.ServiceProvider.GetRequiredService<CallPipeline>();
        routes.MapPost("/v1/responses", context => CreateAsync(context, pipeline))
            .WithSummary("OpenAI Responses").WithBody(ClientBodies.Responses, """{"model": "echo", "input": "hello"}""")
            .WithAnswer("application/json", "The response, or its events where 'stream' is true.", ClientBodies.Answer()).WithAnswer("text/event-stream", "Events.");
        routes.MapPost("/v1/responses/input_tokens", context => pipeline.RunAsync(
            context,
            ClientFormat.Responses,
            body => FactsReader.Read(ResponsesFormat.Instance, body) with { Stream = false, MaxOutputTokens = null },
            CallOperation.CountTokens,
            new ResponsesCount(context.RequestServices.GetRequiredService<ResponsesCall>())))
            .WithSummary("How many input tokens a Responses call has").WithBody(ClientBodies.Responses, """{"model": "echo", "input": "hello"}""")
            .WithAnswer("application/json", "The count.", ClientBodies.Answer());
        routes.MapGet("/v1/responses/{id}", GetAsync).WithSummary("A stored response")
            .WithAnswer("application/json", "The response; with stream=true its events.", ClientBodies.Answer());
        routes.MapDelete("/v1/responses/{id}", DeleteAsync).WithSummary("Deletes a stored response").WithAnswer("application/json", "That it is deleted.", ClientBodies.Answer());
        routes.MapPost("/v1/responses/{id}/cancel", CancelAsync).WithSummary("Stops a response that runs in the background").WithoutBody()
            .WithAnswer("application/json", "The response.", ClientBodies.Answer());
        routes.MapGet("/v1/responses/{id}/input_items", ListInputAsync).WithSummary("What a stored response answers").WithAnswer("application/json", "A list of items.", ClientBodies.Answer());
    }

    private static async Task CreateAsync(HttpContext context, CallPipeline pipeline)
    {
        // A malformed key is refused before any I/O.
        await ClientCredentials.RequireKeyAsync(context);
        var maxBytes = context.RequestServices.GetRequiredService<IOptions<EdgeLimits>>().Value.MaxRequestBytes;
        var body = await RequestBody.ReadAsync(context.Request, maxBytes, context.RequestAborted);
        var call = context.RequestServices.GetRequiredService<ResponsesCall>();
        await (IsBackground(body.Memory)
            ? context.RequestServices.GetRequiredService<BackgroundResponses>().StartAsync(context, call, body)
            : pipeline.RunAsync(context, ClientFormat.Responses, scanned => FactsReader.Read(ResponsesFormat.Instance, scanned), state: call, given: body));
    }

    private static bool IsBackground(ReadOnlyMemory<byte> body)
    {
        if (body.Span.IndexOf("\"background\""u8) < 0)
        {
            return false;
        }

        try
        {
            return JsonMembers.Read(body).Boolean("background") == true;
        }
        catch (JsonException)
        {
            // Whoever reads all of it says what is wrong.
            return false;
        }
    }

    private static async Task GetAsync(HttpContext context)
    {
        if (context.Request.Query["stream"] == "true")
        {
            await ResponseFollowing.FollowAsync(context, await RequireAsync(context));
            return;
        }

        await WriteAsync(context, (await RequireAsync(context)).Response);
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
        var response = await RequireAsync(context);
        if (JsonMembers.Read(response.Response).Boolean("background") != true)
        {
            throw new GatewayErrorException(GatewayError.BadRequest(
                "invalid_value", "Only responses in the background can be cancelled: close the connection of any other.", "id"));
        }

        var store = context.RequestServices.GetRequiredService<IBackgroundStore>();
        await store.CancelAsync(new StoredKey(response.Tenant, response.Id), context.RequestAborted);
        await WriteAsync(context, (await RequireAsync(context)).Response);
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
            await ClientCredentials.RequireKeyAsync(context), context.RequestAborted),
        (string)context.Request.RouteValues["id"]!);

    private static IResponseStore Store(HttpContext context) => context.RequestServices.GetRequiredService<IResponseStore>();

    internal static async Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }
}
