using Gateway.Contracts;
using Gateway.Contracts.Operations;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Description;
using ServiceDefaults.Http;

namespace ServiceDefaults.Operations;

public static class OperationsExtensions
{
    internal static void AddProcessReport(this IServiceCollection services)
        => services.AddSingleton(provider => new ProcessReport(services, provider)).AddSingleton<ApiDescription>();

    /// <summary>For the Edge, which asks every service.</summary>
    /// <param name="routes">Of the service's own host, behind its internal tokens.</param>
    /// <param name="service">How the services call it.</param>
    public static void MapOperations(this IEndpointRouteBuilder routes, string service)
    {
        routes.MapInternalGet(
            OperationRoutes.Health,
            ContractsJson.Default.ProcessHealth,
            (services, cancellationToken) => services.GetRequiredService<ProcessReport>().GetHealthAsync(service, cancellationToken));
        routes.MapInternalGet(
            OperationRoutes.Settings,
            ContractsJson.Default.ProcessSettings,
            (services, _) => Task.FromResult(services.GetRequiredService<ProcessReport>().GetSettings(service)));
        routes.MapInternalGet(
            OperationRoutes.Description,
            ContractsJson.Default.JsonObject,
            (services, _) => Task.FromResult(services.GetRequiredService<ApiDescription>().Describe()));
    }
}
