using System.Net.Http.Json;
using Gateway.Contracts;
using Gateway.Contracts.Audit;
using Gateway.Contracts.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServiceDefaults.InternalAuth;

namespace ServiceDefaults.Audit;

/// <summary>The audit log over HTTP, for a service that is a program of its own.</summary>
internal sealed class AuditLogClient(HttpClient client) : IAuditLog
{
    public async Task RecordAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsJsonAsync(UsageRoutes.Audit, entry, ContractsJson.Default.AuditEntry, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}

public static class AuditLogClientExtensions
{
    private const string UsageService = "usageservice";

    /// <summary>An administrator waits for it: better refused soon than answered late.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static void AddAuditLogClient(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(UsageService, client => (client.BaseAddress, client.Timeout) = (new Uri($"https+http://{UsageService}"), Timeout))
            .AddInternalToken(UsageService)
            .SetHandlerLifetime(System.Threading.Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler((handler, _) =>
            {
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
                handler.UseProxy = false;
                handler.UseCookies = false;
                handler.AllowAutoRedirect = false;
            });
        builder.Services.AddSingleton<IAuditLog>(
            services => new AuditLogClient(services.GetRequiredService<IHttpClientFactory>().CreateClient(UsageService)));
    }
}
