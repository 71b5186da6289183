using System.Net.Http.Json;
using Gateway.Contracts;
using Gateway.Contracts.Audit;
using Gateway.Contracts.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServiceDefaults.InternalAuth;

namespace ServiceDefaults.Audit;

/// <summary>The copies of the chains over HTTP, for a service that is a program of its own.</summary>
internal sealed class AuditCopyClient(HttpClient client) : IAuditCopy
{
    public async Task<AuditCopyState> AppendAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsJsonAsync(UsageRoutes.AuditCopy, batch, ContractsJson.Default.AuditBatch, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync(ContractsJson.Default.AuditCopyState, cancellationToken) ?? throw new HttpRequestException("No answer.");
    }

    public async Task<IReadOnlyList<AuditSeal>> ReadSealsAsync(AuditStretch stretch, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsJsonAsync(UsageRoutes.AuditSeals, stretch, ContractsJson.Default.AuditStretch, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync(ContractsJson.Default.IReadOnlyListAuditSeal, cancellationToken) ?? throw new HttpRequestException("No answer.");
    }
}

public static class AuditCopyClientExtensions
{
    private const string UsageService = "usageservice";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static void AddAuditCopyClient(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(UsageService, client => (client.BaseAddress, client.Timeout) = (new Uri($"https+http://{UsageService}"), Timeout))
            .AddInternalToken(UsageService)
            .SetHandlerLifetime(System.Threading.Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler((handler, _) =>
            {
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
                handler.ConnectTimeout = TimeSpan.FromSeconds(2);
                handler.UseProxy = false;
                handler.UseCookies = false;
                handler.AllowAutoRedirect = false;
            });
        builder.Services.AddSingleton<IAuditCopy>(
            services => new AuditCopyClient(services.GetRequiredService<IHttpClientFactory>().CreateClient(UsageService)));
    }
}
