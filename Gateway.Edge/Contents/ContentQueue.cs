using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Gateway.Contracts;
using Gateway.Contracts.Contents;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Microsoft.Extensions.Options;
using ServiceDefaults.Telemetry;

namespace Gateway.Edge.Contents;

/// <summary>
/// Takes the content of calls whose projects want it kept, redacts it here, and sends it on afterwards. Content is not money: what finds no room,
/// or nobody to take it, is dropped and counted.
/// </summary>
internal sealed partial class ContentQueue : BackgroundService
{
    private const int BatchSize = 20;

    private static readonly Counter<long> Dropped = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.content.dropped", "{call}", "Calls whose content should have been kept and was not.");

    private readonly IContentLog _log;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<ContentQueue> _logger;
    private readonly Channel<ContentCapture> _queue;
    private readonly ConcurrentDictionary<string, Redactor> _redactors = new(StringComparer.Ordinal);
    private readonly int _maxBytes;

    public ContentQueue(IContentLog log, IOptions<ContentOptions> options, TimeProvider timeProvider, ILogger<ContentQueue> logger)
    {
        (_log, _timeProvider, _logger) = (log, timeProvider, logger);
        _maxBytes = options.Value.MaxKilobytes * 1024;
        _queue = Channel.CreateBounded<ContentCapture>(
            new BoundedChannelOptions(options.Value.QueueLength) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            _ => Dropped.Add(1));
    }

    /// <summary>Null, and nothing more, where no content is to be kept.</summary>
    public ContentCapture? Begin(Guid callId, KeyIdentity key, ClientFormat format, ReadOnlyMemory<byte> request)
    {
        if (key.Content is null || key.ProjectId is null)
        {
            return null;
        }

        var capture = new ContentCapture(callId, key, format, _timeProvider.GetUtcNow().UtcDateTime, _maxBytes);
        capture.TakeRequest(request.Span);
        return capture;
    }

    public void Add(ContentCapture capture) => _queue.Writer.TryWrite(capture);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What is there goes out; nothing new comes.
        _queue.Writer.TryComplete();
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host's stop comes through the end of the queue, so that what is in it is sent.
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var batch = new List<CallContent>();
            while (batch.Count < BatchSize && _queue.Reader.TryRead(out var capture))
            {
                batch.Add(Redact(capture));
            }

            await SendAsync(batch);
        }
    }

    private CallContent Redact(ContentCapture capture)
    {
        var rules = capture.Rules.Redaction;
        var redactor = _redactors.GetOrAdd(rules is null ? "" : string.Join('\n', rules), _ => new Redactor(rules));
        var answer = capture.Answer.Length == 0
            ? null
            : capture.IsStream
                ? RedactedJson.Write(StreamedText.Join(capture.Answer.Span, capture.Format), isCut: false, redactor)
                : RedactedJson.Write(capture.Answer.Span, capture.IsAnswerCut, redactor);
        return new CallContent
        {
            CallId = capture.CallId,
            KeyId = capture.Key.KeyId,
            ProjectId = capture.Key.ProjectId!.Value,
            CreatedAt = capture.CreatedAt,
            ExpiresAt = capture.CreatedAt.AddDays(capture.Rules.RetentionDays),
            Request = RedactedJson.Write(capture.Request, capture.IsRequestCut, redactor),
            Answer = answer,
            IsCut = capture.IsRequestCut || capture.IsAnswerCut,
        };
    }

    private async Task SendAsync(List<CallContent> batch)
    {
        try
        {
            await _log.RecordAsync(batch, CancellationToken.None);
        }
        catch (Exception exception) when (exception is GatewayErrorException or HttpRequestException or OperationCanceledException
            or System.Data.Common.DbException or InvalidOperationException || exception.InnerException is System.Data.Common.DbException)
        {
            Dropped.Add(batch.Count);
            LogDropped(exception, batch.Count);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The content of {Count} calls could not be kept: it is dropped.")]
    private partial void LogDropped(Exception exception, int count);
}
