using System.Buffers;
using Gateway.Contracts.Usage;
using Gateway.Llm.Canonical;
using RoutingService.Upstream;

namespace RoutingService.Providers.Exchanges;

/// <summary>
/// A provider's stream on its way to the client, read in whole frames. What begins a stream without saying anything is held back until there
/// is content, for a second at most: until then a failure can still become a status code.
/// </summary>
internal abstract class UpstreamStream(ProviderCall call, UpstreamStreamSource source) : ProviderAnswer
{
    protected const int MaxMalformedFrames = 3;
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(1);

    /// <summary>Most streams are slow, and there are thousands of them: a provider that sends faster than this is read gets more.</summary>
    private const int FirstBufferBytes = 4 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
    private int _start;
    private int _end;
    private int _searched;
    private UpstreamFailure? _failure;
    private ReadOnlyMemory<byte> _first;
    private Task<ReadOnlyMemory<byte>>? _pending;
    private bool _isCompleted;
    private bool _isOpen;
    private long _readBytes;
    private long _contentBytes;
    private long _contentMs = UpstreamDeadline.NowMs;
    private long? _pausedMs;

    public override string ContentType => "text/event-stream; charset=utf-8";

    public override bool IsComplete => false;

    public override int? UpstreamStatus => (int)source.Response.StatusCode;

    public override UpstreamFailure? Failure => _failure;

    public override LossReport? Losses => call.Losses;

    public override string? ServiceTier => Reported?.ServiceTier;

    public override (TokenUsage Usage, UsageSource Source) Usage
    {
        get
        {
            var estimate = UsageMapping.Estimate(call.Request.Facts, TextBytes, TextEvents);
            if (Reported is not { IsPlausible: true } reported)
            {
                return (UsageMapping.ToTokenUsage(estimate), UsageSource.Estimated);
            }

            // What a provider says before its end is what it had counted then.
            var isShort = !IsFinal && reported.TotalOutput < estimate.Output;
            return (
                UsageMapping.ToTokenUsage(isShort ? reported with { Output = estimate.Output - reported.Reasoning - reported.AudioOutput } : reported),
                IsFinal ? UsageSource.Provider : UsageSource.Partial);
        }
    }

    protected ProviderCall Call => call;

    /// <summary>Before the client has anything of the stream, another target can take its place.</summary>
    protected UpstreamPhase Phase => _isOpen ? UpstreamPhase.Body : UpstreamPhase.FirstEvent;

    /// <summary>Nothing more comes for the client.</summary>
    protected bool IsEnded { get; private set; }

    protected abstract bool HasContent { get; }

    /// <summary>The provider has said that its answer is complete.</summary>
    protected abstract bool IsFinal { get; }

    protected abstract LlmUsage? Reported { get; }

    protected abstract long TextBytes { get; }

    protected abstract long TextEvents { get; }

    protected int MalformedFrames { get; set; }

    /// <summary>Waits for the first content. Disposes itself when there is none.</summary>
    public async Task OpenAsync()
    {
        try
        {
            source.Deadline.Allow(source.Deadline.FirstEvent);
            await HoldBackAsync();
            source.Deadline.Pause();

            // Content before the error is the client's, and has to be paid for: how the reads fell must not change that.
            if (_failure is { } failure && !HasContent)
            {
                throw new UpstreamException(failure);
            }

            _isOpen = true;
        }
        catch (OperationCanceledException exception) when (source.Deadline.HasPassed)
        {
            await DisposeAsync();
            throw new UpstreamException(TimedOut(), exception);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidDataException)
        {
            await DisposeAsync();
            throw new UpstreamException(Fault("broke off its answer.", "broken_answer"), exception);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public override async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (!_first.IsEmpty)
        {
            (var first, _first) = (_first, default);
            return first;
        }

        if (IsEnded && _pending is null)
        {
            return default;
        }

        _contentMs += _pausedMs is { } paused ? UpstreamDeadline.NowMs - paused : 0;
        AllowNextPiece();
        try
        {
            if (_pending is { } pending)
            {
                _pending = null;
                return await pending;
            }

            return await ReadFramesAsync(source.Deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return End(TimedOut());
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidDataException)
        {
            return End(Fault("broke off its answer.", "broken_answer"));
        }
        finally
        {
            // The time until the next call is the client's, however slowly it reads.
            source.Deadline.Pause();
            _pausedMs = UpstreamDeadline.NowMs;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        source.Response.Dispose();
        if (_pending is { } pending)
        {
            // It reads into the buffer until the connection is gone.
            _pending = null;
            await pending.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        source.Deadline.Dispose();
    }

    /// <summary>
    /// Takes the whole frames at hand, by <see cref="NextFrame"/> and <see cref="Consume"/>, and returns what the client gets of them.
    /// </summary>
    protected abstract ReadOnlyMemory<byte> TakeFrames();

    /// <summary>What the client still gets when the connection has ended; ends the stream.</summary>
    protected abstract ReadOnlyMemory<byte> TakeEnding();

    /// <summary>The bytes from here to the end of the first whole frame; 0 when there is none.</summary>
    protected int NextFrame(Func<ReadOnlySpan<byte>, int, int> findEnd)
    {
        var length = 0;
        try
        {
            length = findEnd(_buffer.AsSpan(_start, _end - _start), _searched);
        }
        catch (IOException)
        {
            // Bytes that are no frames; those before them are the client's all the same.
            End(TooManyMalformed());
        }

        if (length > source.Limits.MaxEventBytes)
        {
            End(TooLong());
            return 0;
        }

        _searched = length == 0 ? _end - _start : 0;
        return length;
    }

    protected ReadOnlyMemory<byte> Unread(int length) => _buffer.AsMemory(_start, length);

    protected void Consume(int length) => _start += length;

    /// <summary>Bytes that were consumed, up to those <paramref name="behind"/> them.</summary>
    protected ReadOnlyMemory<byte> Consumed(int length, int behind = 0) => _buffer.AsMemory(_start - behind - length, length);

    protected void Finish() => IsEnded = true;

    protected ReadOnlyMemory<byte> End(UpstreamFailure failure)
    {
        IsEnded = true;
        _failure ??= failure;
        return default;
    }

    protected ReadOnlyMemory<byte> EndedEarly() => End(Fault("ended its stream before the last event.", "no_terminal"));

    protected UpstreamFailure TooManyMalformed() => Fault("sent events that are not JSON.", "malformed_events");

    private UpstreamFailure TooLong() => Fault($"sent an event of more than {source.Limits.MaxEventBytes} bytes.", "line_too_long");

    private UpstreamFailure TimedOut() => UpstreamErrors.Timeout(call.Target.Provider.Name, Phase).WithStatus((int)source.Response.StatusCode);

    private UpstreamFailure Fault(string what, string detail)
        => UpstreamErrors.Failed(call.Target.Provider.Name, what, Phase, detail).WithStatus((int)source.Response.StatusCode);

    /// <summary>Pings and comments are a sign of life for a while only.</summary>
    private void AllowNextPiece()
    {
        if (TextBytes != _contentBytes)
        {
            (_contentBytes, _contentMs) = (TextBytes, UpstreamDeadline.NowMs);
        }

        var left = source.Deadline.ContentIdle - TimeSpan.FromMilliseconds(UpstreamDeadline.NowMs - _contentMs);
        source.Deadline.Allow(left < source.Deadline.Idle ? left : source.Deadline.Idle);
    }

    private async Task HoldBackAsync()
    {
        _first = await ReadFramesAsync(source.Deadline.Token);
        if (HasContent || IsEnded)
        {
            return;
        }

        // What was read lies where the next read puts its own.
        var held = new ArrayBufferWriter<byte>(256);
        held.Write(_first.Span);
        var since = source.TimeProvider.GetTimestamp();
        while (!HasContent && !IsEnded)
        {
            var reading = ReadFramesAsync(source.Deadline.Token).AsTask();
            var left = LongestHold - source.TimeProvider.GetElapsedTime(since);
            if (left <= TimeSpan.Zero || await Task.WhenAny(reading, Task.Delay(left, source.TimeProvider, CancellationToken.None)) != reading)
            {
                _pending = reading;
                break;
            }

            held.Write((await reading).Span);
        }

        _first = held.WrittenMemory;
    }

    /// <summary>Reads until there is something for the client; empty at the end.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> ReadFramesAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var taken = TakeFrames();
            if (!taken.IsEmpty || IsEnded)
            {
                return taken;
            }

            MakeRoom();
            if (_end - _start > source.Limits.MaxEventBytes)
            {
                return End(TooLong());
            }

            var read = await source.Stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read > 0)
            {
                _end += read;
                _readBytes += read;
                if (_readBytes > source.Limits.MaxAnswerBytes)
                {
                    return End(Fault($"sent more than {source.Limits.MaxAnswerBytes} bytes.", "answer_too_long"));
                }

                if (_isOpen)
                {
                    AllowNextPiece();
                }
            }
            else if (!TryCompleteLastEvent())
            {
                return TakeEnding();
            }
        }
    }

    /// <summary>The last event of a stream may lack the blank line behind it; one that was cut off is no JSON.</summary>
    private bool TryCompleteLastEvent()
    {
        if (_isCompleted || _start == _end || source.Response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            return false;
        }

        _isCompleted = true;
        _buffer[_end++] = (byte)'\n';
        MakeRoom();
        _buffer[_end++] = (byte)'\n';
        return true;
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            if (_end == _buffer.Length && _buffer.Length == FirstBufferBytes)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes * 4);
            }

            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            var target = _start > _buffer.Length / 2 ? _buffer : ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(_start, _end - _start).CopyTo(target);
            if (!ReferenceEquals(target, _buffer))
            {
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = target;
            }

            (_start, _end) = (0, _end - _start);
        }
    }
}
