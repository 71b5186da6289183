using System.Collections.Concurrent;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;

namespace Tests.Edge;

/// <summary>A ledger that says what the test says, when the test says it.</summary>
internal sealed class ScriptedLedger : IKeyLedger
{
    public static readonly KeyIdentity Key = new(Guid.Parse("0198c0de-0000-7000-8000-000000000002"), "a key");

    public Func<AdmissionRequest, Task<Admission>> Admit { get; set; } = request => Task.FromResult(Admission.Granted(Lease(request)));

    public Func<LeaseExtension, ExtensionOutcome> Extend { get; set; } = extension => new ExtensionOutcome(Granted: true, extension.Cost);

    public ConcurrentQueue<LeaseExtension> Extensions { get; } = new();

    public TaskCompletionSource<Settlement> Settled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Asked { get; private set; }

    public static GatewayErrorException Away => new(GatewayError.Unavailable("away"));

    public static Lease Lease(AdmissionRequest request, params LimitState[] limits)
        => new(request.CallId, Key, DateTime.UnixEpoch) { Limits = limits, Facts = "facts" };

    public Task<Admission> AdmitAsync(AdmissionRequest request)
    {
        Asked++;
        return Admit(request);
    }

    public Task<ExtensionOutcome> ExtendAsync(LeaseExtension extension, CancellationToken cancellationToken)
    {
        Extensions.Enqueue(extension);
        return Task.FromResult(Extend(extension));
    }

    public Task AnnounceAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        Settled.SetResult(settlements.Single());
        return Task.CompletedTask;
    }

    public Task<AdmissionForecast> ForecastAsync(AdmissionTrial trial, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<KeyAccess?> IdentifyAsync(string secret, CancellationToken cancellationToken) => Task.FromResult<KeyAccess?>(null);

    public Task<KeyCount> CountKeysAsync(CancellationToken cancellationToken) => Task.FromResult(new KeyCount(1));

    public ValueTask<bool> HasForeignKeysAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);

    public Task<AdminIdentity?> IdentifyAdminAsync(string secret, CancellationToken cancellationToken) => Task.FromResult<AdminIdentity?>(null);
}
