using System.Net;
using System.Text.Json;
using Gateway.Contracts.Audit;
using Gateway.Contracts.Errors;
using Gateway.Edge.Services;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Admin;

/// <summary>Every service verifies what is in its own database; here their reports are one.</summary>
internal static class AuditVerification
{
    private static readonly (string Service, string Chain)[] Chains =
    [
        (ServiceClients.KeyService, "keys"), (ServiceClients.RoutingService, "routing"), (ServiceClients.UsageService, "usage"),
    ];

    public static async Task<Ok<AuditReport>> VerifyAsync(HttpContext context, IHttpClientFactory clients, IOptions<JsonOptions> json)
    {
        var reports = await Task.WhenAll(Chains.Select(part => AskAsync(
            clients.CreateClient(part.Service), part.Service, part.Chain, context.Request.Path, json.Value.SerializerOptions, context.RequestAborted)));
        return TypedResults.Ok(AuditReport.Of([.. reports.SelectMany(report => report.Chains)]));
    }

    private static async Task<AuditReport> AskAsync(
        HttpClient client, string service, string chain, string path, JsonSerializerOptions options, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await InternalHttp.SendAsync(
                service, () => client.GetAsync(path, cancellationToken), cancellationToken, status => status == HttpStatusCode.ServiceUnavailable);
            if (response.IsSuccessStatusCode
                && await response.Content.ReadFromJsonAsync<AuditReport>(options, cancellationToken) is { } report)
            {
                return report;
            }
        }
        catch (Exception exception) when (exception is GatewayErrorException or JsonException)
        {
            // Said below: a chain that nobody can vouch for.
        }

        return AuditReport.Of([new AuditVerdict(chain, AuditVerdict.OwnPlace, Valid: false, 0, FirstBad: null, $"{service} does not answer.", 0)]);
    }
}
