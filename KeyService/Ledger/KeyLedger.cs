using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using KeyService.Admins;
using KeyService.BudgetWarnings;
using KeyService.Ledger.Core;
using KeyService.VirtualKeys;
using Microsoft.Extensions.Options;
using ServiceDefaults.Settings;

namespace KeyService.Ledger;

/// <summary>Who may call by the rules of its key, and how much is left by the counts of the core.</summary>
internal sealed class KeyLedger(
    KeyRing ring,
    AdminTokens admins,
    LedgerDuty duty,
    LedgerCore core,
    LedgerStore store,
    VirtualKeyStore keys,
    ClientAuthenticationSetting authentication,
    LedgerWrites writes,
    BudgetWatch budgets,
    IOptions<LedgerOptions> options,
    TimeProvider timeProvider) : IKeyLedger
{
    /// <summary>A counted input is right within a few percent.</summary>
    private const decimal InputMargin = 1.05m;

    private const long DefaultReserveTokens = 4096;

    private readonly TimeSpan _leaseLifetime = options.Value.LeaseLifetime;

    public async Task<Admission> AdmitAsync(AdmissionRequest request)
    {
        duty.EnsureActive();
        var key = await FindAsync(request.Secret, CancellationToken.None);
        if (AccessRules.Check(key, request, timeProvider.GetUtcNow().UtcDateTime) is { } refusal)
        {
            return Admission.Refused(refusal) with { RefusedKey = refusal.Kind == GatewayErrorKind.InvalidKey ? null : key!.Identity };
        }

        // After the last wait: from here on nothing comes in between.
        duty.EnsureActive();
        var scopes = CallScopes.Of(key!, request.Model);
        var outcome = core.Admit(ToCommand(key!, request, scopes));
        if (outcome.Refusal is { Kind: var limited })
        {
            LedgerMetrics.Refused(limited);
        }

        return outcome switch
        {
            { Refusal: { } limit } => Admission.Refused(Refusals.ToError(limit)) with { Limits = ToLimits(outcome.Standings), RefusedKey = key!.Identity },
            { Lease: { } facts } => Admission.Granted(ToLease(facts, key!.Identity, scopes, outcome.Standings)),
            _ => Admission.Refused(GatewayError.BadRequest("call_is_over", "The call has been settled already.")),
        };
    }

    public async Task<AdmissionForecast> ForecastAsync(AdmissionTrial trial, CancellationToken cancellationToken)
    {
        duty.EnsureActive();
        var key = trial.KeyId is { } id ? await ring.FindByIdAsync(id, cancellationToken) : await FindAsync(trial.Request.Secret, cancellationToken);
        if (AccessRules.Check(key, trial.Request, timeProvider.GetUtcNow().UtcDateTime) is { } refusal)
        {
            return new AdmissionForecast(refusal.Kind == GatewayErrorKind.InvalidKey ? null : key!.Identity, refusal, []);
        }

        var outcome = core.Forecast(ToCommand(key!, trial.Request, CallScopes.Of(key!, trial.Request.Model)));
        return new AdmissionForecast(
            key!.Identity, outcome.Refusal is { } limit ? Refusals.ToError(limit) : null, ToLimits(outcome.Standings));
    }

    public async Task<ExtensionOutcome> ExtendAsync(LeaseExtension extension, CancellationToken cancellationToken)
    {
        duty.EnsureActive();
        if (core.Find(extension.CallId) is not { } facts)
        {
            return new ExtensionOutcome(Granted: false, NanoUsd.Zero);
        }

        var scopes = await CurrentScopesAsync(facts, cancellationToken);
        var outcome = core.Extend(extension.CallId, scopes, extension.Tokens, extension.Cost);
        return new ExtensionOutcome(outcome is { Lease: not null, Refusal: null }, outcome.Lease?.Cost ?? NanoUsd.Zero);
    }

    public async Task AnnounceAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken)
    {
        duty.EnsureActive();
        var unknown = leases.Where(lease => core.Find(lease.CallId) is null).Select(lease => lease.CallId).ToList();
        var settled = unknown.Count == 0 ? null : await store.FindSettledAsync(unknown, cancellationToken);
        foreach (var lease in leases)
        {
            if (settled?.Contains(lease.CallId) != true && LeaseFactsText.Read(lease.CallId, lease.Facts) is { } facts)
            {
                core.Announce(facts, _leaseLifetime);
            }
        }
    }

    public async Task SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        duty.EnsureActive();
        var charges = new List<Charge>(settlements.Count);
        foreach (var settlement in settlements)
        {
            var facts = core.Find(settlement.CallId)
                ?? LeaseFactsText.Read(settlement.CallId, settlement.LeaseFacts)
                ?? await FactsOfNowAsync(settlement, cancellationToken);
            charges.Add(new Charge(
                settlement.KeyId, CallSettlement.From(facts with { Tokens = settlement.Usage.Total, Cost = settlement.Cost })));
        }

        await writes.SettleAsync(charges, cancellationToken);
        budgets.Settled(charges);
    }

    public async Task<KeyAccess?> IdentifyAsync(string secret, CancellationToken cancellationToken)
    {
        duty.EnsureActive();
        return await FindAsync(secret, cancellationToken) is { } key && AccessRules.CheckCaller(key, timeProvider.GetUtcNow().UtcDateTime) is null
            ? new KeyAccess(key.Identity, key.Models)
            : null;
    }

    public ValueTask<bool> HasForeignKeysAsync(CancellationToken cancellationToken) => ring.HasForeignAsync(cancellationToken);

    public async Task<KeyCount> CountKeysAsync(CancellationToken cancellationToken)
    {
        duty.EnsureActive();
        return new KeyCount(await keys.CountValidAsync(cancellationToken));
    }

    public Task<AdminIdentity?> IdentifyAdminAsync(string secret, CancellationToken cancellationToken) => admins.FindAsync(secret, cancellationToken);

    /// <summary>Where no key is asked for, one that is nobody's is as good as none. A key of the gateway's own form was meant, and is not mistaken.</summary>
    private async ValueTask<KnownKey?> FindAsync(string secret, CancellationToken cancellationToken)
        => await ring.FindAsync(secret, cancellationToken) is { } key ? key
            : !authentication.IsEnabled && VirtualKeySecret.MayBeForeign(secret) ? await ring.FindAsync(AnonymousKey.Secret, cancellationToken)
            : null;

    private AdmitCommand ToCommand(KnownKey key, AdmissionRequest request, IReadOnlyList<LimitedScope> scopes)
    {
        var outputTokens = request.OutputTokens ?? (key.DefaultReserveTokens ?? DefaultReserveTokens) * request.Choices;
        return new AdmitCommand(
            request.CallId,
            scopes,
            request.InputTokens,
            outputTokens,
            request.Quote.Under(key.Identity.Unpriced).WorstCase((long)Math.Ceiling(request.InputTokens * InputMargin), outputTokens),
            _leaseLifetime);
    }

    private static Lease ToLease(
        LeaseFacts facts, KeyIdentity key, IReadOnlyList<LimitedScope> scopes, IReadOnlyList<LimitStanding> standings)
        => new(facts.CallId, key, facts.ExpiresAt)
        {
            Facts = LeaseFactsText.Write(facts),
            ReservedTokens = facts.Tokens,
            ReservedCost = HasBudget(scopes) ? facts.Cost : null,
            CountTokens = CountsTokens(scopes),
            Limits = ToLimits(standings),
        };

    private static bool HasBudget(IReadOnlyList<LimitedScope> scopes)
    {
        for (var i = 0; i < scopes.Count; i++)
        {
            if (scopes[i].Limits.Budget is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static bool CountsTokens(IReadOnlyList<LimitedScope> scopes)
    {
        for (var i = 0; i < scopes.Count; i++)
        {
            if (scopes[i].Limits is { Budget: not null } or { TokensPerMinute: not null } or { TokensPerDay: not null })
            {
                return true;
            }
        }

        return false;
    }

    private static LimitState[] ToLimits(IReadOnlyList<LimitStanding> standings)
    {
        var limits = new LimitState[standings.Count];
        for (var i = 0; i < limits.Length; i++)
        {
            var standing = standings[i];
            limits[i] = new LimitState(standing.Kind, standing.Limit, standing.Remaining, standing.Reset ?? TimeSpan.Zero);
        }

        return limits;
    }

    /// <summary>A call that an Edge let through while the ledger was away: it is counted now, for its key and its project.</summary>
    private async Task<LeaseFacts> FactsOfNowAsync(Settlement settlement, CancellationToken cancellationToken)
    {
        var key = await ring.FindByIdAsync(settlement.KeyId, cancellationToken);
        return new LeaseFacts
        {
            CallId = settlement.CallId,
            Scopes = key?.Project is { } project
                ? [ScopeId.Key(settlement.KeyId), ScopeId.Project(project.Id)]
                : [ScopeId.Key(settlement.KeyId)],
            AdmittedAt = core.Now,
            Day = DateOnly.FromDateTime(timeProvider.GetUtcNow().UtcDateTime),
        };
    }

    /// <summary>The scopes of a lease with the limits of now.</summary>
    private async Task<IReadOnlyList<LimitedScope>> CurrentScopesAsync(LeaseFacts facts, CancellationToken cancellationToken)
    {
        var keyId = facts.Scopes.First(scope => scope.Kind == ScopeKind.Key).Id;
        if (await ring.FindByIdAsync(keyId, cancellationToken) is not { } key)
        {
            return [];
        }

        var limits = CallScopes.All(key);
        return [.. facts.Scopes.Select(scope => new LimitedScope(scope, limits.GetValueOrDefault(scope) ?? ScopeLimits.None))];
    }
}
