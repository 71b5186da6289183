using System.Diagnostics;
using Gateway.Contracts;
using Gateway.Contracts.Keys;
using ServiceDefaults.Http;
using ServiceDefaults.Telemetry;

namespace KeyService.Ledger;

/// <summary><see cref="IKeyLedger"/> for the Edge, over HTTP.</summary>
internal static class LedgerEndpoints
{
    public static void MapLedger(this IEndpointRouteBuilder services)
    {
        var routes = services.MapGroup("").AddEndpointFilter<RouteGroupBuilder, ActiveOnly>();
        routes.MapInternalPost(
            LedgerRoutes.Admit,
            ContractsJson.Default.IReadOnlyListAdmissionRequest,
            ContractsJson.Default.IReadOnlyListAdmission,
            AdmitAsync);
        routes.MapInternalPost(
            LedgerRoutes.Extend,
            ContractsJson.Default.LeaseExtension,
            ContractsJson.Default.ExtensionOutcome,
            (services, extension, cancellationToken) => services.GetRequiredService<IKeyLedger>().ExtendAsync(extension, cancellationToken)!);
        routes.MapInternalPost(
            LedgerRoutes.Announce,
            ContractsJson.Default.IReadOnlyListLease,
            (services, leases, cancellationToken) => services.GetRequiredService<IKeyLedger>().AnnounceAsync(leases, cancellationToken));
        routes.MapInternalPost(
            LedgerRoutes.Identify,
            ContractsJson.Default.SecretQuery,
            ContractsJson.Default.KeyAccess,
            (services, query, cancellationToken) => services.GetRequiredService<IKeyLedger>().IdentifyAsync(query.Secret, cancellationToken));
        routes.MapInternalGet(
            LedgerRoutes.ForeignKeys,
            ContractsJson.Default.ForeignKeyState,
            async (services, cancellationToken) => new ForeignKeyState(await services.GetRequiredService<IKeyLedger>().HasForeignKeysAsync(cancellationToken)));
        routes.MapInternalGet(
            LedgerRoutes.KeyCount,
            ContractsJson.Default.KeyCount,
            (services, cancellationToken) => services.GetRequiredService<IKeyLedger>().CountKeysAsync(cancellationToken));
        routes.MapInternalPost(
            LedgerRoutes.Forecast,
            ContractsJson.Default.AdmissionTrial,
            ContractsJson.Default.AdmissionForecast,
            async (services, trial, cancellationToken) => (AdmissionForecast?)await services.GetRequiredService<IKeyLedger>().ForecastAsync(trial, cancellationToken));
        routes.MapInternalPost(
            LedgerRoutes.IdentifyAdmin,
            ContractsJson.Default.SecretQuery,
            ContractsJson.Default.AdminIdentity,
            (services, query, cancellationToken) => services.GetRequiredService<IKeyLedger>().IdentifyAdminAsync(query.Secret, cancellationToken));
        routes.MapInternalPost(
            LedgerRoutes.SignIn,
            ContractsJson.Default.SignIn,
            ContractsJson.Default.AdminSession,
            (services, signIn, cancellationToken) => services.GetRequiredService<IAdminSessions>().SignInAsync(signIn, cancellationToken));
        routes.MapInternalPost(
            LedgerRoutes.FindSession,
            ContractsJson.Default.SecretQuery,
            ContractsJson.Default.AdminSession,
            (services, query, cancellationToken) => services.GetRequiredService<IAdminSessions>().FindAsync(query.Secret, cancellationToken));
        routes.MapInternalPost(
            LedgerRoutes.SignOut,
            ContractsJson.Default.SignOut,
            (services, signOut, cancellationToken) => services.GetRequiredService<IAdminSessions>().SignOutAsync(signOut, cancellationToken));
        routes.MapInternalPost(
            LedgerRoutes.Settle,
            ContractsJson.Default.IReadOnlyListSettlement,
            (services, settlements, cancellationToken) => services.GetRequiredService<IKeyLedger>().SettleAsync(settlements, cancellationToken));
    }

    /// <summary>Admissions of many calls come in one message, and each belongs to the trace of its own call.</summary>
    private static async Task<IReadOnlyList<Admission>?> AdmitAsync(
        IServiceProvider services, IReadOnlyList<AdmissionRequest> requests, CancellationToken cancellationToken)
    {
        var ledger = services.GetRequiredService<IKeyLedger>();
        return await Task.WhenAll(requests.Select(request => AdmitAsync(ledger, request)));
    }

    private static async Task<Admission> AdmitAsync(IKeyLedger ledger, AdmissionRequest request)
    {
        using var span = StartSpan(request);
        return await ledger.AdmitAsync(request);
    }

    private static Activity? StartSpan(AdmissionRequest request)
        => GatewayTelemetry.Source.HasListeners() && ActivityContext.TryParse(request.TraceParent, null, isRemote: true, out var parent)
            ? GatewayTelemetry.Source.StartActivity("admit", ActivityKind.Internal, parent)
            : null;
}
