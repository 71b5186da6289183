using System.Diagnostics.CodeAnalysis;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Usage;
using Microsoft.Extensions.Options;
using ServiceDefaults.Settings;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>
/// The Edge's books: a call's record is on disk before the last byte of its answer goes out, and stays there until the ledger has its
/// settlement and the usage log has its record. Both take a record twice without harm.
/// </summary>
internal sealed partial class CallJournal(
    IKeyLedger ledger,
    IUsageLog usageLog,
    IOptions<JournalOptions> options,
    IConfiguration configuration,
    IJournalDisk disk,
    TimeProvider timeProvider,
    ILoggerFactory loggers) : IHostedService, IDisposable
{
    private static readonly TimeSpan UpkeepInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AdoptInterval = TimeSpan.FromMinutes(1);

    /// <summary>Statistics may come a moment late and in fewer batches; a settlement frees what the next call may need.</summary>
    private static readonly TimeSpan UsageLinger = TimeSpan.FromMilliseconds(100);

    /// <summary>The ledger answers when its database has them, and frees at once what they leave.</summary>
    private const int MostSettlementsUnderWay = 8;

    private readonly ILogger<CallJournal> _logger = loggers.CreateLogger<CallJournal>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoned = new();
    private string _root = "";
    private volatile OwnJournal? _own;
    private volatile JournalDelivery[] _adopted = [];
    private Exception? _openFailure;
    private long _adoptedTimestamp;
    private bool _isWarned;
    private Task _loops = Task.CompletedTask;

    private JournalOptions Options => options.Value;

    /// <summary>Why no call can be taken on; null when one can.</summary>
    public string? Refusal
    {
        get
        {
            if (_own is not { } own)
            {
                return $"The journal cannot be opened: {_openFailure?.Message}";
            }

            return own.Writer.Failure is { } failure ? $"The journal cannot be written: {failure.Message}"
                : Bytes >= Options.MaxBytes ? $"The journal is full: {Bytes} bytes wait for delivery."
                : null;
        }
    }

    private long Bytes => (_own?.Delivery.Bytes ?? 0) + _adopted.Sum(adopted => adopted.Bytes);

    /// <summary>To be called before a call reserves or costs anything: what cannot be recorded is not begun.</summary>
    public void EnsureWritable()
    {
        if (Refusal is not null)
        {
            throw new GatewayErrorException(GatewayError.Unavailable("The gateway cannot record calls at present, and takes none that it could not account for."));
        }
    }

    /// <summary>Completes when the record is safe. False when the disk refused it: it is then kept in memory and written when that is possible.</summary>
    public ValueTask<bool> AppendAsync(CallRecord record)
        => _own is { } own ? own.Writer.AppendAsync(record) : throw new InvalidOperationException("The journal is not open.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _root = Options.Directory is { Length: > 0 } configured
                ? Path.GetFullPath(configured)
                : Path.Combine(DataDirectory.Resolve(configuration), "journal");
            JournalDirectory.CreatePrivate(_root);
            Open();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{SettingName}: '{_root}' cannot be used for the journal ({exception.Message}).", exception);
        }

        Adopt();
        if (_own is { Writer.Failure: null } own && await DeadLetterRetry.RunAsync(_root, own.Writer.AppendAsync) is > 0 and var count)
        {
            LogRetried(count);
        }

        _loops = Task.WhenAll(
            RepeatAsync(UpkeepInterval, Upkeep),
            RepeatAsync(TimeSpan.FromMilliseconds(Options.SyncIntervalMs), () => _own?.SegmentWriter.Sync()));
    }

    /// <summary>The server has finished its calls by now. What can be delivered in time is, and the rest waits on disk for the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _loops;
        if (_own is { } own)
        {
            await own.Writer.CompleteAsync();
            own.SegmentWriter.Close();
            own.Segments.Complete();
            if (own.Writer.Failure is { } failure)
            {
                LogUnwritten(failure);
            }
        }

        JournalDelivery[] deliveries = [.. _own is null ? [] : (JournalDelivery[])[_own.Delivery], .. _adopted];
        using (var drain = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            drain.CancelAfter(TimeSpan.FromSeconds(Options.DrainSeconds));
            await Task.WhenAll(deliveries.Select(delivery => delivery.WaitAsync(drain.Token)));
        }

        await _abandoned.CancelAsync();
        foreach (var delivery in deliveries)
        {
            await delivery.WaitAsync(CancellationToken.None);
            if (!delivery.IsDelivered)
            {
                LogUndelivered(_root);
            }

            delivery.Close();
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _abandoned.Dispose();
    }

    private static string SettingName => SecretSetting.EnvironmentName($"{JournalOptions.Section}:{nameof(JournalOptions.Directory)}");

    /// <summary>A full disk is no reason not to start: what waits on it can be delivered, and makes room.</summary>
    private void Open()
    {
        try
        {
            var directory = JournalDirectory.Create(_root, timeProvider);
            var segments = new JournalSegments();
            var segmentWriter = new JournalSegmentWriter(
                directory.Path, segments, Options, disk, timeProvider, loggers.CreateLogger<JournalSegmentWriter>());
            var writer = new JournalWriter(segmentWriter, loggers.CreateLogger<JournalWriter>());
            _own = new OwnJournal(segments, segmentWriter, writer, Deliver(directory, segments));
            segmentWriter.Recover();
        }
        catch (IOException exception) when (Directory.Exists(_root))
        {
            _openFailure = exception;
            LogCannotOpen(exception, _root);
        }
    }

    private void Adopt()
    {
        _adoptedTimestamp = timeProvider.GetTimestamp();
        foreach (var directory in JournalDirectory.Adopt(_root))
        {
            var segments = new JournalSegments(JournalSegment.Find(directory.Path));
            LogAdopted(directory.Path, segments.Bytes);
            _adopted = [.. _adopted, Deliver(directory, segments)];
        }
    }

    private JournalDelivery Deliver(JournalDirectory directory, JournalSegments segments) => new(
        directory,
        segments,
        [
            new("ledger", TimeSpan.Zero, MostSettlementsUnderWay, (records, cancellationToken) => SettleAsync(ToSettlements(records), cancellationToken)),
            new("usage", UsageLinger, 1, usageLog.RecordAsync),
        ],
        new DeadLetters(_root, directory.Name, timeProvider),
        timeProvider,
        loggers,
        _abandoned.Token);

    private Task SettleAsync(List<Settlement> settlements, CancellationToken cancellationToken)
        => settlements.Count > 0 ? ledger.SettleAsync(settlements, cancellationToken) : Task.CompletedTask;

    /// <summary>A call without a price settles at zero; its record says that the cost is not known.</summary>
    private static List<Settlement> ToSettlements(IReadOnlyList<CallRecord> records)
        => [.. records.Where(record => record is { KeyId: not null, IsRefused: false })
            .Select(record => new Settlement(record.Id, record.KeyId!.Value, record.Usage, record.Cost ?? NanoUsd.Zero) { LeaseFacts = record.LeaseFacts })];

    private void Upkeep()
    {
        if (_own is { } own)
        {
            own.Writer.Recover();
            own.Delivery.Save();
        }
        else
        {
            Open();
        }

        foreach (var adopted in _adopted)
        {
            if (adopted.IsDelivered)
            {
                _adopted = [.. _adopted.Except([adopted])];
                adopted.Close();
            }
            else
            {
                adopted.Save();
            }
        }

        if (timeProvider.GetElapsedTime(_adoptedTimestamp) >= AdoptInterval)
        {
            Adopt();
        }

        if (_isWarned != Bytes >= Options.WarnBytes)
        {
            _isWarned = !_isWarned;
            LogLevelCrossed(_isWarned ? "has reached" : "is back below", Options.WarnPercent, Options.MaxMegabytes);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A turn that fails is logged, and the next one comes.")]
    private async Task RepeatAsync(TimeSpan interval, Action turn)
    {
        using var timer = new PeriodicTimer(interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                try
                {
                    turn();
                }
                catch (Exception exception)
                {
                    LogTurnFailed(exception);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    [LoggerMessage(LogLevel.Information, "Adopting {Directory}: {Bytes} bytes that an ended process left.")]
    private partial void LogAdopted(string directory, long bytes);

    [LoggerMessage(LogLevel.Information, "{Count} records that had been set aside are in the journal again.")]
    private partial void LogRetried(int count);

    [LoggerMessage(LogLevel.Error, "No journal can be made in {Root}; calls are refused until one can.")]
    private partial void LogCannotOpen(Exception exception, string root);

    [LoggerMessage(LogLevel.Warning, "The journal {Change} {Percent} % of its {Megabytes} MB. When it is full, calls are refused.")]
    private partial void LogLevelCrossed(string change, int percent, int megabytes);

    [LoggerMessage(LogLevel.Error, "The upkeep of the journal failed; it is tried again.")]
    private partial void LogTurnFailed(Exception exception);

    [LoggerMessage(LogLevel.Error, "The process ends while the journal cannot be written: the records that are in memory alone are lost.")]
    private partial void LogUnwritten(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Not all records could be delivered before the end. They wait in {Root} for the next start.")]
    private partial void LogUndelivered(string root);
}
