using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Edge.Pipeline;

namespace Gateway.Edge.Models;

internal static class ModelListEndpoints
{
    public static void MapModelList(this IEndpointRouteBuilder routes) => routes.MapGet("/v1/models", ListAsync);

    private static async Task ListAsync(HttpContext context)
    {
        var ledger = context.RequestServices.GetRequiredService<IKeyLedger>();
        var caller = await ledger.IdentifyAsync(ClientCredentials.RequireKey(context.Request), context.RequestAborted)
            ?? throw new GatewayErrorException(GatewayError.InvalidKey());
        var models = await context.RequestServices.GetRequiredService<IModelRouter>().ListModelsAsync(context.RequestAborted);
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        Write(writer, models.Where(model => caller.Models.Allows(model.Id)));
    }

    private static void Write(Utf8JsonWriter writer, IEnumerable<ModelDescription> models)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var model in models)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, model.Id);
            writer.WriteString("object"u8, "model"u8);
            writer.WriteNumber("created"u8, new DateTimeOffset(model.CreatedAt).ToUnixTimeSeconds());
            writer.WriteString("owned_by"u8, model.OwnedBy);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
