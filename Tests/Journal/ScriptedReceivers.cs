using System.Collections.Concurrent;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Usage;

namespace Tests.Journal;

/// <summary>A ledger and a usage log that a test takes away, brings back, and makes choosy.</summary>
internal sealed class ScriptedReceivers : IKeyLedger, IUsageLog
{
    public static readonly KeyIdentity Key = new(Guid.Parse("0198c0de-0000-7000-8000-000000000001"), "test");

    public volatile bool LedgerIsDown;

    public volatile bool UsageIsDown;

    public ConcurrentQueue<Settlement> Settlements { get; } = new();

    public ConcurrentQueue<CallRecord> Records { get; } = new();

    /// <summary>When the ledger has stored what it is told; it knows it before.</summary>
    public Task LedgerStores { get; set; } = Task.CompletedTask;

    /// <summary>What the usage log calls malformed.</summary>
    public Func<CallRecord, bool> Refuses { get; set; } = _ => false;

    public Task<Admission> AdmitAsync(AdmissionRequest request)
        => Task.FromResult(Admission.Granted(new Lease(request.CallId, Key, DateTime.MaxValue)));

    public Task<ExtensionOutcome> ExtendAsync(LeaseExtension extension, CancellationToken cancellationToken)
        => Task.FromResult(new ExtensionOutcome(Granted: true, extension.Cost));

    public Task AnnounceAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        if (LedgerIsDown)
        {
            throw new GatewayErrorException(GatewayError.Unavailable("The ledger is down."));
        }

        foreach (var settlement in settlements)
        {
            Settlements.Enqueue(settlement);
        }

        return LedgerStores;
    }

    public Task RecordAsync(IReadOnlyList<CallRecord> records, CancellationToken cancellationToken)
    {
        if (UsageIsDown)
        {
            throw new GatewayErrorException(GatewayError.Unavailable("The usage log is down."));
        }

        if (records.Any(Refuses))
        {
            throw new GatewayErrorException(GatewayError.BadRequest("batch_refused", "usageservice answered 400."));
        }

        foreach (var record in records)
        {
            Records.Enqueue(record);
        }

        return Task.CompletedTask;
    }

    public Task<AdmissionForecast> ForecastAsync(AdmissionTrial trial, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<KeyAccess?> IdentifyAsync(string secret, CancellationToken cancellationToken) => Task.FromResult<KeyAccess?>(new KeyAccess(Key, ModelAccess.Everything));

    public Task<KeyCount> CountKeysAsync(CancellationToken cancellationToken) => Task.FromResult(new KeyCount(1));

    public ValueTask<bool> HasForeignKeysAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);

    public Task<AdminIdentity?> IdentifyAdminAsync(string secret, CancellationToken cancellationToken) => Task.FromResult<AdminIdentity?>(null);
}
