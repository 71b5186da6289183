using System.Collections.Concurrent;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Usage;

namespace Tests.Edge;

/// <summary>Admits every key and keeps what it is told; fails as often as the test says.</summary>
internal sealed class FakeLedger : IKeyLedger, IUsageLog
{
    public static readonly KeyIdentity Key = new(Guid.Parse("0198c0de-0000-7000-8000-000000000001"), "a key");

    private int _failures;

    public ConcurrentQueue<Settlement> Settlements { get; } = new();

    public ConcurrentQueue<CallRecord> Records { get; } = new();

    public int Calls { get; private set; }

    /// <summary>What each call is answered; null admits it.</summary>
    public Admission? Refusal { get; set; }

    /// <summary>Set when a record has arrived.</summary>
    public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Fail(int times) => _failures = times;

    public Task<Admission> AdmitAsync(AdmissionRequest request)
        => Task.FromResult(Refusal ?? Admission.Granted(new Lease(request.CallId, Key, DateTime.UnixEpoch)));

    public Task<ExtensionOutcome> ExtendAsync(LeaseExtension extension, CancellationToken cancellationToken)
        => Task.FromResult(new ExtensionOutcome(Granted: true, extension.Cost));

    public Task AnnounceAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        Calls++;
        if (_failures-- > 0)
        {
            throw new HttpRequestException("away");
        }

        foreach (var settlement in settlements)
        {
            Settlements.Enqueue(settlement);
        }

        return Task.CompletedTask;
    }

    public Task RecordAsync(IReadOnlyList<CallRecord> records, CancellationToken cancellationToken)
    {
        foreach (var record in records)
        {
            Records.Enqueue(record);
        }

        Arrived.TrySetResult();
        return Task.CompletedTask;
    }

    public Task<AdmissionForecast> ForecastAsync(AdmissionTrial trial, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<KeyAccess?> IdentifyAsync(string secret, CancellationToken cancellationToken)
        => Task.FromResult<KeyAccess?>(new KeyAccess(Key, new ModelAccess(null, null)));

    public Task<KeyCount> CountKeysAsync(CancellationToken cancellationToken) => Task.FromResult(new KeyCount(1));

    public ValueTask<bool> HasForeignKeysAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);

    public Task<AdminIdentity?> IdentifyAdminAsync(string secret, CancellationToken cancellationToken)
        => Task.FromResult(secret == "right" ? new AdminIdentity(Guid.Empty, "admin") { Role = AdminRole.Owner } : null);
}
