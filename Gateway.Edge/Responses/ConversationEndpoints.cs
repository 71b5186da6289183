using System.Buffers;
using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Responses;
using Gateway.Edge.Description;
using Gateway.Edge.Pipeline;
using Gateway.Llm.Json;
using Microsoft.Extensions.Options;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;

namespace Gateway.Edge.Responses;

/// <summary>Conversations, which responses of several calls belong to.</summary>
internal static class ConversationEndpoints
{
    public static void MapConversations(this IEndpointRouteBuilder services)
    {
        var routes = services.MapGroup("").WithTags("Conversations").WithAccess(Access.VirtualKey);
        routes.MapPost("/v1/conversations", CreateAsync).WithSummary("Begins a conversation")
            .WithBody(ClientBodies.Items, """{"items": [{"type": "message", "role": "user", "content": "hello"}]}""").WithAnswer("application/json", "The conversation.", ClientBodies.Answer());
        routes.MapGet("/v1/conversations/{id}", GetAsync).WithSummary("A conversation").WithAnswer("application/json", "The conversation.", ClientBodies.Answer());
        routes.MapDelete("/v1/conversations/{id}", DeleteAsync).WithSummary("Deletes a conversation").WithAnswer("application/json", "That it is deleted.", ClientBodies.Answer());
        routes.MapGet("/v1/conversations/{id}/items", ListAsync).WithSummary("The items of a conversation").WithAnswer("application/json", "A list of items.", ClientBodies.Answer());
        routes.MapPost("/v1/conversations/{id}/items", AddAsync).WithSummary("Adds items to a conversation")
            .WithBody(ClientBodies.Items, """{"items": [{"type": "message", "role": "user", "content": "and then?"}]}""")
            .WithAnswer("application/json", "What was added.", ClientBodies.Answer());
    }

    private static async Task CreateAsync(HttpContext context)
    {
        var tenant = await TenantAsync(context);
        var fields = await ReadAsync(context);
        var created = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
        var metadata = fields.Value("metadata") is { IsEmpty: false } given ? given.ToArray() : "{}"u8.ToArray();
        if (metadata[0] != (byte)'{')
        {
            throw new GatewayErrorException(GatewayError.BadRequest("invalid_type", "'metadata' must be an object.", "metadata"));
        }

        var conversation = new StoredConversation(tenant, $"conv_{RequestIds.GuidOf(context):N}", created, metadata);
        await Store(context).SaveConversationAsync(conversation, context.RequestAborted);
        if (fields.Value("items") is { IsEmpty: false } items)
        {
            await AddAsync(context, conversation, items);
        }

        await WriteAsync(context, conversation);
    }

    private static async Task GetAsync(HttpContext context) => await WriteAsync(context, await RequireAsync(context));

    private static async Task DeleteAsync(HttpContext context)
    {
        var conversation = await RequireAsync(context);
        await Store(context).DeleteConversationAsync(new StoredKey(conversation.Tenant, conversation.Id), context.RequestAborted);
        await WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(new { id = conversation.Id, @object = "conversation.deleted", deleted = true }));
    }

    private static async Task ListAsync(HttpContext context)
    {
        var conversation = await RequireAsync(context);
        var items = await Store(context).ConversationItemsAsync(new StoredKey(conversation.Tenant, conversation.Id), context.RequestAborted);
        var joined = InputItems.Join([.. (items?.Turns ?? []).Select(turn => (ReadOnlyMemory<byte>)turn)]);
        await WriteAsync(context, ItemList.Write(InputItems.ToListed(joined, conversation.Id), ItemPage.Read(context.Request.Query)));
    }

    private static async Task AddAsync(HttpContext context)
    {
        var conversation = await RequireAsync(context);
        var items = (await ReadAsync(context)).Value("items");
        await AddAsync(context, conversation, items);
        await WriteAsync(context, ItemList.Write(InputItems.ToListed(items, RequestIds.Of(context)), new ItemPage(int.MaxValue, null, IsAscending: true)));
    }

    private static async Task AddAsync(HttpContext context, StoredConversation conversation, ReadOnlyMemory<byte> items)
    {
        if (items.IsEmpty || items.Span[0] != (byte)'[')
        {
            throw new GatewayErrorException(GatewayError.BadRequest("invalid_type", "'items' must be an array of items.", "items"));
        }

        await Store(context).AddItemsAsync(new ConversationItems(conversation.Tenant, conversation.Id, items.ToArray()), context.RequestAborted);
    }

    private static async Task<StoredConversation> RequireAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        return await Store(context).FindConversationAsync(new StoredKey(await TenantAsync(context), id), context.RequestAborted)
            ?? throw new GatewayErrorException(ResponseHistory.NotFound("Conversation", id));
    }

    private static async Task<Guid> TenantAsync(HttpContext context)
        => await context.RequestServices.GetRequiredService<ResponseHistory>().RequireTenantAsync(
            await ClientCredentials.RequireKeyAsync(context), context.RequestAborted);

    /// <summary>No body at all is an object without fields.</summary>
    private static async Task<JsonMembers> ReadAsync(HttpContext context)
    {
        var maxBytes = context.RequestServices.GetRequiredService<IOptions<EdgeLimits>>().Value.MaxRequestBytes;
        using var body = await RequestBody.ReadAsync(context.Request, maxBytes, context.RequestAborted);
        try
        {
            return JsonMembers.Read(body.Memory.IsEmpty ? "{}"u8.ToArray() : body.Memory.ToArray());
        }
        catch (JsonException exception)
        {
            throw new GatewayErrorException(GatewayError.BadRequest("invalid_json", "The body must be a JSON object."), exception);
        }
    }

    private static IResponseStore Store(HttpContext context) => context.RequestServices.GetRequiredService<IResponseStore>();

    private static Task WriteAsync(HttpContext context, StoredConversation conversation)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, conversation.Id);
            json.WriteString("object"u8, "conversation"u8);
            json.WriteNumber("created_at"u8, new DateTimeOffset(conversation.CreatedAt).ToUnixTimeSeconds());
            json.WritePropertyName("metadata"u8);
            json.WriteRawValue(conversation.Metadata);
            json.WriteEndObject();
        }

        return WriteAsync(context, output.WrittenSpan.ToArray());
    }

    private static async Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }
}
