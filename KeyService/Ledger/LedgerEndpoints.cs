using Gateway.Contracts;
using Gateway.Contracts.Keys;
using ServiceDefaults.Http;

namespace KeyService.Ledger;

/// <summary><see cref="IKeyLedger"/> for the Edge, over HTTP.</summary>
internal static class LedgerEndpoints
{
    public static void MapLedger(this IEndpointRouteBuilder routes)
    {
        routes.MapInternalPost(
            LedgerRoutes.Admit,
            ContractsJson.Default.AdmissionRequest,
            ContractsJson.Default.Admission,
            (services, request, cancellationToken) => services.GetRequiredService<IKeyLedger>().AdmitAsync(request, cancellationToken)!);
        routes.MapInternalPost(
            LedgerRoutes.Identify,
            ContractsJson.Default.SecretQuery,
            ContractsJson.Default.KeyAccess,
            (services, query, cancellationToken) => services.GetRequiredService<IKeyLedger>().IdentifyAsync(query.Secret, cancellationToken));
        routes.MapInternalPost(
            LedgerRoutes.IdentifyAdmin,
            ContractsJson.Default.SecretQuery,
            ContractsJson.Default.AdminIdentity,
            (services, query, cancellationToken) => services.GetRequiredService<IKeyLedger>().IdentifyAdminAsync(query.Secret, cancellationToken));
        routes.MapInternalPost(
            LedgerRoutes.Settle,
            ContractsJson.Default.IReadOnlyListSettlement,
            (services, settlements, cancellationToken) => services.GetRequiredService<IKeyLedger>().SettleAsync(settlements, cancellationToken));
    }
}
