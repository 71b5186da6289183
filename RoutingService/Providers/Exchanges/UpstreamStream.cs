using System.Buffers;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Usage;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Exchanges;

/// <summary>
/// A provider's stream on its way to the client, read in whole frames. What begins a stream without saying anything is held back until there
/// is content, for a second at most: until then a failure can still become a status code.
/// </summary>
internal abstract class UpstreamStream(ProviderCall call, UpstreamStreamSource source) : ProviderAnswer
{
    protected const int MaxMalformedFrames = 3;
    private const int MaxFrameBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(1);

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
    private int _start;
    private int _end;
    private int _searched;
    private GatewayError? _error;
    private ReadOnlyMemory<byte> _first;
    private Task<ReadOnlyMemory<byte>>? _pending;
    private bool _isCompleted;

    public override string ContentType => "text/event-stream; charset=utf-8";

    public override bool IsComplete => false;

    public override int? UpstreamStatus => (int)source.Response.StatusCode;

    public override GatewayError? Error => _error;

    public override LossReport? Losses => call.Losses;

    public override (TokenUsage Usage, UsageSource Source) Usage
    {
        get
        {
            var estimate = UsageMapping.Estimate(call.Request.Facts, TextBytes, TextEvents);
            if (Reported is not { } reported)
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
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await HoldBackAsync(cancellationToken);
            source.Deadline.CancelAfter(Timeout.InfiniteTimeSpan);

            // Content before the error is the client's, and has to be paid for: how the reads fell must not change that.
            if (_error is { } error && !HasContent)
            {
                throw new GatewayErrorException(error);
            }
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

        source.Deadline.CancelAfter(source.Idle);
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
            return End(UpstreamErrors.Timeout(call.Target.Provider.Name));
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return End(UpstreamErrors.Failed(call.Target.Provider.Name, "broke off its answer."));
        }
        finally
        {
            // The time until the next call is the client's, however slowly it reads.
            source.Deadline.CancelAfter(Timeout.InfiniteTimeSpan);
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
        var length = findEnd(_buffer.AsSpan(_start, _end - _start), _searched);
        _searched = length == 0 ? _end - _start : 0;
        return length;
    }

    protected ReadOnlyMemory<byte> Unread(int length) => _buffer.AsMemory(_start, length);

    protected void Consume(int length) => _start += length;

    /// <summary>Bytes that were consumed, up to those <paramref name="behind"/> them.</summary>
    protected ReadOnlyMemory<byte> Consumed(int length, int behind = 0) => _buffer.AsMemory(_start - behind - length, length);

    protected void Finish() => IsEnded = true;

    protected ReadOnlyMemory<byte> End(GatewayError error)
    {
        IsEnded = true;
        _error ??= error;
        return default;
    }

    protected ReadOnlyMemory<byte> EndedEarly()
        => End(UpstreamErrors.Failed(call.Target.Provider.Name, "ended its stream before the last event."));

    protected GatewayError TooManyMalformed() => UpstreamErrors.Failed(call.Target.Provider.Name, "sent events that are not JSON.");

    private async Task HoldBackAsync(CancellationToken cancellationToken)
    {
        var held = new ArrayBufferWriter<byte>(256);
        long? since = null;
        while (!HasContent && !IsEnded)
        {
            var reading = ReadFramesAsync(cancellationToken).AsTask();
            if (since is { } start)
            {
                var left = LongestHold - source.TimeProvider.GetElapsedTime(start);
                if (left <= TimeSpan.Zero || await Task.WhenAny(reading, Task.Delay(left, source.TimeProvider, CancellationToken.None)) != reading)
                {
                    _pending = reading;
                    break;
                }
            }

            held.Write((await reading).Span);
            since ??= source.TimeProvider.GetTimestamp();
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
            if (_end - _start > MaxFrameBytes)
            {
                return End(UpstreamErrors.Failed(call.Target.Provider.Name, "sent an event without an end."));
            }

            var read = await source.Stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read > 0)
            {
                _end += read;
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
