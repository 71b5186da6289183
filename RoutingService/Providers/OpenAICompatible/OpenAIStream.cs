using System.Buffers;
using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Usage;
using Gateway.Llm.ChatCompletions;
using Gateway.Llm.ServerSentEvents;
using RoutingService.Upstream;

namespace RoutingService.Providers.OpenAICompatible;

/// <summary>
/// Passes a stream's bytes on in whole events. Its usage is read on the way; the usage chunk that only the gateway asked for is left out.
/// A stream that ends without <c>[DONE]</c> has broken off, also when the connection ended cleanly; only where every choice has said why it
/// ended was the marker merely forgotten, and is added.
/// </summary>
internal sealed class OpenAIStream : ProviderAnswer
{
    private const int MaxEventBytes = 16 * 1024 * 1024;
    private const int MaxMalformedEvents = 3;

    private static readonly byte[] Done = "data: [DONE]\n\n"u8.ToArray();

    private readonly ProviderCall _call;
    private readonly HttpResponseMessage _response;
    private readonly Stream _stream;
    private readonly CancellationTokenSource _deadline;
    private readonly TimeSpan _idle;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
    private int _start;
    private int _end;
    private int _searched;
    private bool _isDone;
    private bool _isEnded;
    private long _textEvents;
    private long _textBytes;
    private int _finishedChoices;
    private int _malformedEvents;
    private TokenUsage? _usage;
    private GatewayError? _error;
    private ReadOnlyMemory<byte> _first;

    private OpenAIStream(ProviderCall call, HttpResponseMessage response, Stream stream, TimeSpan idle, CancellationTokenSource deadline)
        => (_call, _response, _stream, _idle, _deadline) = (call, response, stream, idle, deadline);

    public override string ContentType => "text/event-stream; charset=utf-8";

    public override bool IsComplete => false;

    public override int? UpstreamStatus => (int)_response.StatusCode;

    public override GatewayError? Error => _error;

    public override (TokenUsage Usage, UsageSource Source) Usage => _usage is { } usage
        ? (usage, _isDone ? UsageSource.Provider : UsageSource.Partial)
        : (UsageMapping.Estimate(_call.Request.Facts, _textBytes, _textEvents), UsageSource.Estimated);

    /// <summary>Waits for the first events: an error at their head can still become a status code.</summary>
    public static async Task<OpenAIStream> OpenAsync(
        ProviderCall call, HttpResponseMessage response, UpstreamOptions options, CancellationTokenSource deadline)
    {
        var provider = call.Target.Provider.Name;
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            throw new GatewayErrorException(UpstreamErrors.Failed(provider, "did not answer with a stream."));
        }

        var stream = await response.Content.ReadAsStreamAsync(deadline.Token);
        var answer = new OpenAIStream(call, response, stream, TimeSpan.FromSeconds(options.IdleSeconds), deadline);
        try
        {
            answer._first = await answer.ReadEventsAsync(deadline.Token);
            deadline.CancelAfter(Timeout.InfiniteTimeSpan);

            // Content before the error is the client's, and has to be paid for: how the reads fell must not change that.
            return answer._error is { } error && answer._first.IsEmpty ? throw new GatewayErrorException(error) : answer;
        }
        catch
        {
            answer.ReturnBuffer();
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

        if (_isEnded)
        {
            return default;
        }

        _deadline.CancelAfter(_idle);
        try
        {
            return await ReadEventsAsync(_deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return End(UpstreamErrors.Timeout(_call.Target.Provider.Name));
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return End(UpstreamErrors.Failed(_call.Target.Provider.Name, "broke off its answer."));
        }
        finally
        {
            // The time until the next call is the client's, however slowly it reads.
            _deadline.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public override ValueTask DisposeAsync()
    {
        ReturnBuffer();
        _response.Dispose();
        _deadline.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads until there is at least one whole event to pass on; empty at the end.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> ReadEventsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var passed = TakeWholeEvents();
            if (!passed.IsEmpty || _isEnded)
            {
                return passed;
            }

            MakeRoom();
            if (_end - _start > MaxEventBytes)
            {
                return End(UpstreamErrors.Failed(_call.Target.Provider.Name, "sent an event without an end."));
            }

            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                return EndOfConnection();
            }

            _end += read;
        }
    }

    /// <summary>The events at hand up to the first one that is kept back.</summary>
    private ReadOnlyMemory<byte> TakeWholeEvents()
    {
        var from = _start;
        while (true)
        {
            var length = SseBoundary.FindEnd(_buffer.AsSpan(_start, _end - _start), _searched);
            if (length == 0)
            {
                _searched = _end - _start;
                return _buffer.AsMemory(from, _start - from);
            }

            _searched = 0;
            if (Inspect(SseEvent.Data(_buffer.AsSpan(_start, length))))
            {
                _start += length;
                if (_isDone)
                {
                    // Whatever comes behind the marker is not for the client.
                    _isEnded = true;
                    return _buffer.AsMemory(from, _start - from);
                }

                continue;
            }

            var passed = _buffer.AsMemory(from, _start - from);
            if (_error is not null)
            {
                _isEnded = true;
                return passed;
            }

            if (!passed.IsEmpty)
            {
                // The next call begins with the event that is left out.
                _start += length;
                return passed;
            }

            _start += length;
            from = _start;
        }
    }

    /// <summary>Learns from an event; false when it is not for the client.</summary>
    private bool Inspect(ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8))
        {
            _isDone = true;
            return true;
        }

        if (data.IsEmpty)
        {
            return true;
        }

        try
        {
            var chunk = ChatChunkScan.Read(data);
            if (chunk.HasError)
            {
                var provider = _call.Target.Provider;
                var fault = OpenAIErrors.FindFault(data.ToArray());
                _error = UpstreamErrors.Failed(provider.Name, $"failed: {OpenAIErrors.Redact(fault.Message, provider)}");
                return false;
            }

            _textEvents += chunk.TextBytes > 0 ? 1 : 0;
            _textBytes += chunk.TextBytes;
            _finishedChoices += chunk.FinishedChoices;
            if (chunk.Usage is { } usage)
            {
                _usage = UsageMapping.ToTokenUsage(usage);
                return chunk.HasChoices || _call.Request.Facts.IncludeUsage;
            }

            return true;
        }
        catch (JsonException)
        {
            // One bad event among good ones is left out; many are a broken stream.
            if (++_malformedEvents > MaxMalformedEvents)
            {
                _error = UpstreamErrors.Failed(_call.Target.Provider.Name, "sent events that are not JSON.");
            }

            return false;
        }
    }

    private ReadOnlyMemory<byte> EndOfConnection()
    {
        if (_finishedChoices < _call.Request.Facts.Choices)
        {
            return End(UpstreamErrors.Failed(_call.Target.Provider.Name, "ended its stream before the last event."));
        }

        (_isDone, _isEnded) = (true, true);
        return Done;
    }

    private ReadOnlyMemory<byte> End(GatewayError error)
    {
        _isEnded = true;
        _error ??= error;
        return default;
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

    private void ReturnBuffer()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
