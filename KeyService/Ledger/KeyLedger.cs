using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using KeyService.Admins;
using KeyService.Data;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;

namespace KeyService.Ledger;

internal sealed class KeyLedger(
    KeyRing ring, AdminTokens admins, IDbContextFactory<KeyDbContext> databases, TimeProvider timeProvider) : IKeyLedger
{
    private static readonly TimeSpan LeaseLifetime = TimeSpan.FromMinutes(15);

    public async Task<Admission> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
        => await ring.FindAsync(request.Secret, cancellationToken) is { } key
            ? Admission.Granted(new Lease(request.CallId, key, timeProvider.GetUtcNow().UtcDateTime + LeaseLifetime))
            : Admission.Refused(GatewayError.InvalidKey());

    public async Task SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var ids = settlements.Select(settlement => settlement.CallId).ToList();
        var settled = await database.SettledCalls.Where(call => ids.Contains(call.Id)).Select(call => call.Id).ToHashSetAsync(cancellationToken);
        var keyIds = settlements.Select(settlement => settlement.KeyId).Distinct().ToList();
        var keys = await database.VirtualKeys.Where(key => keyIds.Contains(key.Id)).Select(key => key.Id).ToHashSetAsync(cancellationToken);
        var now = timeProvider.GetUtcNow().UtcDateTime;

        // A key that was deleted meanwhile has no total left to settle into; its calls are in the request log.
        var fresh = settlements.Where(settlement => keys.Contains(settlement.KeyId) && settled.Add(settlement.CallId)).ToList();
        database.SettledCalls.AddRange(fresh.Select(settlement => new SettledCall
        {
            Id = settlement.CallId,
            KeyId = settlement.KeyId,
            CostNanoUsd = settlement.Cost.Value,
            SettledAt = now,
        }));
        await database.SaveChangesAsync(cancellationToken);
        foreach (var group in fresh.GroupBy(settlement => settlement.KeyId))
        {
            var cost = group.Sum(settlement => settlement.Cost.Value);
            var count = group.Count();
            await database.VirtualKeys.Where(key => key.Id == group.Key).ExecuteUpdateAsync(
                update => update
                    .SetProperty(key => key.SpentNanoUsd, key => key.SpentNanoUsd + cost)
                    .SetProperty(key => key.TotalRequests, key => key.TotalRequests + count),
                cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    public async Task<KeyIdentity?> IdentifyAsync(string secret, CancellationToken cancellationToken) => await ring.FindAsync(secret, cancellationToken);

    public Task<AdminIdentity?> IdentifyAdminAsync(string secret, CancellationToken cancellationToken) => admins.FindAsync(secret, cancellationToken);
}
