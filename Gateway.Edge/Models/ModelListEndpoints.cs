using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Edge.Description;
using Gateway.Edge.Pipeline;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;

namespace Gateway.Edge.Models;

internal static class ModelListEndpoints
{
    public static void MapModelList(this IEndpointRouteBuilder endpoints)
    {
        var routes = endpoints.MapGroup("").WithAccess(Access.VirtualKey);
        routes.MapGet("/v1/models", ListAsync).WithTags("Models").WithSummary("The models that a key may call")
            .WithAnswer("application/json", "A list, in the shape of the vendor whose headers are sent.", ClientBodies.Answer());
        routes.MapGet("/v1/models/{**id}", GetAsync).WithTags("Models").WithSummary("A model").WithAnswer("application/json", "The model.", ClientBodies.Answer());
    }

    private static async Task ListAsync(HttpContext context)
    {
        var list = await FindAsync(context);
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        ModelListWriter.Write(writer, list);
    }

    private static async Task GetAsync(HttpContext context, string id)
    {
        var list = await FindAsync(context);

        // A slash in a name is as good as a written-out one.
        var name = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var model = list.Models.FirstOrDefault(model => model.Id == name) ?? throw new GatewayErrorException(
            new GatewayError(GatewayErrorKind.NotFound, "model_not_found", $"Model '{Gateway.Llm.Json.JsonStrings.Shorten(name)}' not found")
            {
                Param = "model",
                Type = list.Services.Count > 0 ? "not_found_error" : null,
            });
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        ModelListWriter.Write(writer, model);
    }

    /// <summary>What the caller may name.</summary>
    private static async Task<ModelList> FindAsync(HttpContext context)
    {
        var ledger = context.RequestServices.GetRequiredService<IKeyLedger>();
        var caller = await ledger.IdentifyAsync(await ClientCredentials.RequireKeyAsync(context), context.RequestAborted)
            ?? throw new GatewayErrorException(GatewayError.InvalidKey());
        context.Features.Set(caller.Key);
        var list = await context.RequestServices.GetRequiredService<IModelRouter>().ListModelsAsync(context.RequestAborted);
        return list with { Models = [.. list.Models.Where(model => caller.Models.Allows(model.Id))] };
    }
}
