using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServiceDefaults.Health;

/// <summary>The status alone: the endpoints are open to all, and which check failed and why is for the log.</summary>
public static class HealthResponse
{
    public static Task WriteAsync(HttpContext context, HealthReport report) => WriteAsync(context, ToJson(report));

    internal static async Task WriteWithDetailsAsync(HttpContext context, HealthReport report)
    {
        var health = ToJson(report);
        if (context.RequestServices.GetService<IHealthDetails>() is { } details)
        {
            await details.AddAsync(context, health);
        }

        await WriteAsync(context, health);
    }

    private static JsonObject ToJson(HealthReport report) => new() { ["status"] = report.Status.ToString().ToLowerInvariant() };

    private static Task WriteAsync(HttpContext context, JsonObject health)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(health.ToJsonString(), context.RequestAborted);
    }
}
