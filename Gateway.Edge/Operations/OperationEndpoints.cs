using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Operations;
using Gateway.Edge.Services;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using ServiceDefaults.Authorization;
using ServiceDefaults.Operations;

namespace Gateway.Edge.Operations;

/// <summary>How all of the gateway is, and what it runs with, put together from what each process tells of itself.</summary>
internal static class OperationEndpoints
{
    private const string OneProcess = "gateway";

    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin").WithTags("Operations").WithAccess(Access.Admin);
        group.MapGet("/health", GetHealthAsync).WithSummary("How every part of the gateway is");
        group.MapGet("/settings", GetSettingsAsync).WithSummary("What the gateway runs with, and where each value is from");
    }

    /// <summary>Every part of every process. Always 200: what is wrong is in it. For probes there are /health and /alive.</summary>
    private static async Task<Ok<GatewayHealth>> GetHealthAsync([FromServices] ProcessReport own, IEnumerable<RemoteService> remote, CancellationToken cancellationToken)
    {
        var services = remote.ToList();
        var processes = await Task.WhenAll(services
            .Select(service => AskAsync(service, cancellationToken))
            .Prepend(own.GetHealthAsync(NameOf(services), cancellationToken)));
        return TypedResults.Ok(new GatewayHealth(PartStatus.Worst(processes), processes));
    }

    /// <summary>The effective settings of every process, each with its origin.</summary>
    private static async Task<Ok<GatewaySettings>> GetSettingsAsync([FromServices] ProcessReport own, IEnumerable<RemoteService> remote, CancellationToken cancellationToken)
    {
        var services = remote.ToList();
        var processes = await Task.WhenAll(services
            .Select(service => service.GetAsync(OperationRoutes.Settings, ContractsJson.Default.ProcessSettings, cancellationToken))
            .Prepend(Task.FromResult(own.GetSettings(NameOf(services)))));
        return TypedResults.Ok(new GatewaySettings(processes));
    }

    private static string NameOf(List<RemoteService> remote) => remote.Count == 0 ? OneProcess : EdgeModule.ServiceName;

    private static async Task<ProcessHealth> AskAsync(RemoteService service, CancellationToken cancellationToken)
    {
        try
        {
            return await service.GetAsync(OperationRoutes.Health, ContractsJson.Default.ProcessHealth, cancellationToken);
        }
        catch (GatewayErrorException exception)
        {
            return ProcessHealth.Of(service.Name, version: null, [new HealthPart("process", service.Name, PartStatus.Unhealthy, exception.Error.Message)]);
        }
    }
}

/// <param name="Status">The worst of all processes.</param>
internal sealed record GatewayHealth(string Status, IReadOnlyList<ProcessHealth> Processes);

internal sealed record GatewaySettings(IReadOnlyList<ProcessSettings> Processes);
