using System.Text.Json;
using Gateway.Simulator.Faults;
using Gateway.Simulator.Ledger;
using Gateway.Simulator.Listeners;
using Gateway.Simulator.Scripts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Gateway.Simulator.Control;

/// <summary>Scripts and ledger over HTTP, for a simulator in a process of its own. No key guards them: it is a tool for tests.</summary>
internal static class ControlEndpoints
{
    public const string Prefix = "/_simulator";
    public const string Health = "/health";

    public static void MapControl(this IEndpointRouteBuilder routes, ScriptBook scripts, RequestLedger ledger)
    {
        routes.MapGet(Health, () => TypedResults.Ok());
        var group = routes.MapGroup(Prefix);
        group.MapGet("/requests", () => TypedResults.Json(
            ledger.Snapshot().Select(RequestView.From), ControlJson.Options));
        group.MapDelete("/requests", NoContent () =>
        {
            ledger.Clear();
            return TypedResults.NoContent();
        });
        group.MapGet("/violations", () => TypedResults.Json(
            ledger.Snapshot().Where(request => request.Violations.Count > 0).Select(ViolationView.From), ControlJson.Options));
        group.MapPut("/scripts/{**name}", (string name, HttpContext context) => PutScriptAsync(name, context, scripts));
        group.MapDelete("/scripts/{**name}", Results<NoContent, NotFound> (string name)
            => scripts.Remove(name) ? TypedResults.NoContent() : TypedResults.NotFound());
        group.MapDelete("/scripts", NoContent () =>
        {
            scripts.Clear();
            return TypedResults.NoContent();
        });
        group.MapGet("/scripts", () => TypedResults.Json(scripts.Names.Order(StringComparer.Ordinal), ControlJson.Options));
        group.MapPost("/listeners/{name}", (string name, HttpContext context) => Listen(name, context));
        group.MapGet("/listeners", () => TypedResults.Json(BrokenListener.Summaries, ControlJson.Options));
        group.MapGet("/faults", () => TypedResults.Json(
            FaultCatalog.Summaries.ToDictionary(
                fault => fault.Key, fault => new { summary = fault.Value, notIn = FaultCatalog.NotIn(fault.Key) }, StringComparer.Ordinal),
            ControlJson.Options));
    }

    /// <summary>It is there until the simulator stops.</summary>
    private static IResult Listen(string name, HttpContext context)
    {
        if (!BrokenListener.Summaries.ContainsKey(name))
        {
            return TypedResults.Problem($"No listener is named '{name}'.", statusCode: StatusCodes.Status404NotFound);
        }

        var listener = BrokenListener.Start(name);
        context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => listener.DisposeAsync().AsTask().Wait());
        return TypedResults.Json(new { address = listener.BaseAddress }, ControlJson.Options, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> PutScriptAsync(string name, HttpContext context, ScriptBook scripts)
    {
        try
        {
            var body = await JsonSerializer.DeserializeAsync<ScriptBody>(
                context.Request.Body, ControlJson.Options, context.RequestAborted)
                ?? throw new JsonException("A script is an object with answers.");
            foreach (var fault in body.Answers.Select(answer => answer.Fault).OfType<string>())
            {
                FaultCatalog.Get(fault);
            }

            scripts.Set(name, body.Answers);
            return TypedResults.NoContent();
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return TypedResults.Problem(exception.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }
}
