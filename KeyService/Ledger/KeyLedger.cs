using Gateway.Contracts.Keys;
using KeyService.Admins;
using KeyService.Data;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Storage;

namespace KeyService.Ledger;

internal sealed class KeyLedger(
    KeyRing ring, AdminTokens admins, IDbContextFactory<KeyDbContext> databases, LedgerStore store, TimeProvider timeProvider) : IKeyLedger
{
    private static readonly TimeSpan LeaseLifetime = TimeSpan.FromMinutes(15);

    public async Task<Admission> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var key = await ring.FindAsync(request.Secret, cancellationToken);
        var now = timeProvider.GetUtcNow().UtcDateTime;
        return AccessRules.Check(key, request, now) is { } refusal
            ? Admission.Refused(refusal)
            : Admission.Granted(new Lease(request.CallId, key!.Identity, now + LeaseLifetime));
    }

    public async Task SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetStoredNow();
        var today = DateOnly.FromDateTime(now);
        var keyIds = settlements.Select(settlement => settlement.KeyId).Distinct().ToList();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var projects = await database.VirtualKeys.AsNoTracking().Where(key => keyIds.Contains(key.Id))
            .ToDictionaryAsync(key => key.Id, key => key.ProjectId, cancellationToken);
        await store.SettleAsync([.. settlements.Select(ToCharge)], now, cancellationToken);

        Charge ToCharge(Settlement settlement)
        {
            var project = projects.GetValueOrDefault(settlement.KeyId);
            string[] scopes = project is { } id
                ? [LedgerScope.Key(settlement.KeyId), LedgerScope.Project(id)]
                : [LedgerScope.Key(settlement.KeyId)];
            return new Charge(settlement.CallId, settlement.KeyId, project, settlement.Cost.Value, today, scopes);
        }
    }

    public async Task<KeyAccess?> IdentifyAsync(string secret, CancellationToken cancellationToken)
        => await ring.FindAsync(secret, cancellationToken) is { } key && AccessRules.CheckCaller(key, timeProvider.GetUtcNow().UtcDateTime) is null
            ? new KeyAccess(key.Identity, key.Models)
            : null;

    public Task<AdminIdentity?> IdentifyAdminAsync(string secret, CancellationToken cancellationToken) => admins.FindAsync(secret, cancellationToken);
}
