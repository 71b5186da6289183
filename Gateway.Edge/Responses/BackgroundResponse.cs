using System.Buffers;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Responses;
using Gateway.Llm.Json;
using Gateway.Llm.ServerSentEvents;

namespace Gateway.Edge.Responses;

/// <summary>
/// One response in the background, in the Edge that makes it: its events go to whoever has asked for it, and into reports for the store, which
/// has the end of it before anybody is told.
/// </summary>
internal sealed class BackgroundResponse : IDisposable
{
    /// <summary>Events that wait for a slow client; then it is left behind, and can go on with what is stored.</summary>
    private const int MaxWaiting = 4096;

    private static readonly byte[] Failed = "\"failed\""u8.ToArray();
    private static readonly byte[] Cancelled = "\"cancelled\""u8.ToArray();

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly Channel<byte[]>? _live;
    private readonly CancellationTokenSource _abort;
    private readonly IBackgroundStore _store;
    private readonly long _maxBytes;
    private Guid _tenant;
    private byte[] _latest = [];
    private byte[]? _changed;
    private byte[]? _final;
    private byte[]? _terminal;
    private EventBatch? _sent;
    private long _number;
    private long _pendingFirst;
    private long _bytes;

    /// <param name="isStreamed">Its client has asked for a stream: its events are kept.</param>
    public BackgroundResponse(IBackgroundStore store, Guid callId, bool isStreamed, long maxBytes, CancellationToken cut)
    {
        (_store, _maxBytes, Id) = (store, maxBytes, $"resp_{callId:N}");
        _live = isStreamed ? Channel.CreateBounded<byte[]>(MaxWaiting) : null;
        _abort = CancellationTokenSource.CreateLinkedTokenSource(cut);
    }

    public string Id { get; }

    /// <summary>The response can be read: there is a row of it.</summary>
    public Task Begun => _begun.Task;

    /// <summary>The object as it was when it began.</summary>
    public byte[] Queued { get; private set; } = [];

    /// <summary>Called when it has begun, before the call goes on.</summary>
    public Action? Beginning { get; set; }

    /// <summary>The end of the call, wanted by someone.</summary>
    public CancellationToken Aborted => _abort.Token;

    /// <summary>Takes whole events, until <see cref="Flush"/>.</summary>
    public IBufferWriter<byte> Output => _output;

    /// <summary>Events for the client that began it. It ends with the last one, or without it when it was cancelled.</summary>
    public IAsyncEnumerable<byte[]> FollowAsync(CancellationToken cancellationToken) => _live!.Reader.ReadAllAsync(cancellationToken);

    public async Task BeginAsync(StoredResponse queued, CancellationToken cancellationToken)
    {
        (_tenant, _latest, Queued) = (queued.Tenant, queued.Response, queued.Response);
        var lost = new GatewayError(GatewayErrorKind.Internal, "server_error", "The part of the gateway that made the response is gone.");
        await _store.StartAsync(
            new BackgroundStart(queued, JsonMembers.Read(queued.Response).With(("status", Cancelled)), ToFailed(lost), KeepsEvents: _live is not null),
            cancellationToken);
        foreach (var type in (ReadOnlySpan<string>)["response.created", "response.queued"])
        {
            var json = (byte[])[.. "{\"type\":\""u8, .. Encoding.UTF8.GetBytes(type), .. "\",\"sequence_number\":0,\"response\":"u8, .. Queued, .. "}"u8];
            Append(type, JsonMembers.Read(json), isLast: false);
        }

        Beginning?.Invoke();
        _begun.SetResult();
    }

    /// <summary>What has been written to <see cref="Output"/> becomes events of this response.</summary>
    public void Flush()
    {
        var frames = _output.WrittenSpan;
        while (SseBoundary.FindEnd(frames, 0) is > 0 and var length)
        {
            // Comments, and what else is no event of this API, are not told later.
            if (SseEvent.Data(frames[..length]) is [(byte)'{', ..] data)
            {
                Read(data.ToArray());
            }

            frames = frames[length..];
        }

        _output.ResetWrittenCount();
    }

    /// <summary>The call ended with an error; nothing where its end is known already.</summary>
    public void Fail(GatewayError error)
    {
        if (_final is null)
        {
            ResponsesErrorEvent.WriteFailed(_output, ToFailed(error), 0);
            Flush();
        }
    }

    /// <param name="isOver">Nothing comes any more.</param>
    public BackgroundReport Report(bool isOver)
    {
        lock (_lock)
        {
            if (_sent is null && _pending.WrittenCount > 0)
            {
                _sent = new EventBatch(_pendingFirst, _number - 1, _pending.WrittenSpan.ToArray());
                _pending.ResetWrittenCount();
            }

            // A batch that has to be sent again goes before the rest.
            var isEnded = isOver && _pending.WrittenCount == 0;
            return new BackgroundReport
            {
                Tenant = _tenant,
                Id = Id,
                Response = isEnded ? _final : _changed,
                IsEnded = isEnded,
                Events = IsCut ? null : _sent,
                DropsEvents = IsCut,
            };
        }
    }

    public void Reported(BackgroundReport report)
    {
        lock (_lock)
        {
            _sent = null;
            _changed = ReferenceEquals(_changed, report.Response) ? null : _changed;
            if (report.IsEnded && _terminal is not null)
            {
                _live?.Writer.TryWrite(_terminal);
            }
        }
    }

    /// <summary>The client that began it follows it no more.</summary>
    public void EndLive() => _live?.Writer.TryComplete();

    public void Abort() => _abort.Cancel();

    public void Dispose() => _abort.Dispose();

    private bool IsCut => _bytes > _maxBytes;

    private void Read(byte[] data)
    {
        var members = JsonMembers.Read(data);
        var type = members.Text("type") ?? "";
        var isLast = type is "response.completed" or "response.incomplete" or "response.failed";
        if (isLast || type is "response.created" or "response.in_progress")
        {
            var response = members.Value("response").ToArray();
            lock (_lock)
            {
                _latest = response;
                _changed = response;
                _final = isLast ? response : null;
            }
        }

        // The client has been told before the provider was asked.
        if (type is not ("response.created" or "response.queued"))
        {
            Append(type, members, isLast);
        }
    }

    private void Append(string type, JsonMembers members, bool isLast)
    {
        if (_live is null)
        {
            return;
        }

        lock (_lock)
        {
            var number = Encoding.UTF8.GetBytes(_number.ToString(CultureInfo.InvariantCulture));
            var frame = (byte[])
            [
                .. "event: "u8, .. Encoding.UTF8.GetBytes(type), .. "\ndata: "u8, .. members.With(("sequence_number", number)), .. "\n\n"u8,
            ];
            if (isLast)
            {
                _terminal = frame;
            }
            else if (!_live.Writer.TryWrite(frame))
            {
                _live.Writer.TryComplete();
            }

            _pendingFirst = _pending.WrittenCount == 0 ? _number : _pendingFirst;
            _number++;
            _bytes += frame.Length;
            if (IsCut)
            {
                _pending.ResetWrittenCount();
            }
            else
            {
                _pending.Write(frame);
            }
        }
    }

    private byte[] ToFailed(GatewayError error) => JsonMembers.Read(_latest).With(("status", Failed), ("error", ResponsesErrorEvent.ErrorOf(error)));
}
