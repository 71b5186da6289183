using System.Diagnostics;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Edge.Contents;
using Gateway.Edge.Telemetry;

namespace Gateway.Edge.Pipeline;

/// <summary>What becomes known of a call as it goes on; in the end, its record.</summary>
internal sealed class CallInProgress(Guid id, string requestId, ClientFormat format, CallOperation operation, CallOrigin origin, TimeProvider timeProvider)
{
    /// <summary>nginx's number for a client that closed the connection before its answer.</summary>
    private const int ClientClosedRequest = 499;

    private readonly DateTime _startedAt = timeProvider.GetUtcNow().UtcDateTime;
    private readonly long _startedTimestamp = timeProvider.GetTimestamp();
    private readonly Activity? _activity = Activity.Current;
    private RequestFacts? _facts;
    private DispatchHead? _head;
    private DispatchEnd? _end;
    private GatewayError? _error;
    private int _status = StatusCodes.Status200OK;
    private double? _scannedMs;
    private double? _admittedMs;
    private double? _firstByteMs;
    private bool _isRecorded;

    public Guid Id => id;

    public string RequestId => requestId;

    public ClientFormat Format => format;

    public Lease? Lease { get; private set; }

    /// <summary>Null where the content of the call is not kept.</summary>
    public ContentCapture? Content { get; set; }

    /// <summary>Null until it is known; it stays so where the key may not call at all.</summary>
    public KeyIdentity? Key { get; private set; }

    /// <summary>The gateway's own share of the time so far.</summary>
    public double OverheadMs { get; private set; }

    public CallOperation Operation => operation;

    public CallOrigin Origin => origin;

    public double ElapsedMs => timeProvider.GetElapsedTime(_startedTimestamp).TotalMilliseconds;

    public void Scanned(RequestFacts facts)
    {
        _facts = facts;
        _scannedMs = ElapsedMs;
        RequestSpan.Scanned(_activity, id, format, facts);
    }

    public void Admitted(Lease lease)
    {
        (Lease, Key) = (lease, lease.Key);
        _admittedMs = ElapsedMs;
        RequestSpan.Identified(_activity, lease.Key);
    }

    /// <param name="key">Null where the key may not call at all.</param>
    public void Refused(KeyIdentity? key)
    {
        Key = key;
        if (key is not null)
        {
            RequestSpan.Identified(_activity, key);
        }
    }

    public void Dispatched(DispatchHead head)
    {
        _head = head;
        OverheadMs = Math.Max(0, ElapsedMs - head.ProviderMs);
    }

    /// <summary>Bytes of the answer are on their way to the client.</summary>
    public bool HasBegun => _firstByteMs is not null;

    public void FirstByte() => _firstByteMs ??= ElapsedMs;

    public void Ended(DispatchEnd? end)
    {
        _end = end;
        _error ??= end?.Error;
    }

    public void Failed(GatewayError error, int status) => (_error, _status) = (error, status);

    public void ClientLeft() => (_error, _status) = (GatewayError.ClientLeft(), ClientClosedRequest);

    /// <summary>A call has one record, made when it is known how it ended; null after that.</summary>
    public CallRecord? TryTakeRecord()
    {
        if (_isRecorded)
        {
            return null;
        }

        _isRecorded = true;
        return ToRecord();
    }

    private CallRecord ToRecord()
    {
        RequestSpan.Ended(_activity, origin, _end, _error);
        RequestMetrics.Ended(this, _facts, _head, _end, _error, _firstByteMs);
        return new CallRecord
        {
            Id = id,
            RequestId = requestId,
            CreatedAt = _startedAt,
            KeyId = Key?.KeyId,
            KeyName = Key?.Name,
            IsRefused = Lease is null,
            LeaseFacts = Lease?.Facts,
            ProjectId = Key?.ProjectId,
            ProjectName = Key?.ProjectName,
            Format = format,
            RequestedModel = _facts?.Model ?? "",
            Stream = _facts?.Stream ?? false,
            StatusCode = _status,
            ErrorCode = _error?.Code,
            Provider = _head?.Provider,
            UpstreamModel = _head?.UpstreamModel,
            Usage = _end?.Usage ?? default,
            UsageSource = _end?.UsageSource ?? UsageSource.None,
            Cost = _end is null || _end.UsageSource == UsageSource.None ? NanoUsd.Zero : _end.Cost,
            LatencyMs = ElapsedMs,
            FirstTokenMs = _firstByteMs,
            OverheadMs = OverheadMs,
            Stages = Stages(),
            Client = origin.Client,
            EndUser = _facts?.EndUser,
            Tags = origin.Tags,
            TraceParent = _activity?.Recorded == true ? _activity.Id : null,
            Losses = _end?.Losses ?? _head?.Losses,
            Route = _end?.Route,
            Attempts = _end?.Attempts ?? [],
        };
    }

    private StageTimes? Stages() => (_scannedMs, _admittedMs) is ({ } scanned, { } admitted) && OverheadMs > 0
        ? new StageTimes(scanned, admitted - scanned, Math.Max(0, OverheadMs - admitted))
        : null;
}
