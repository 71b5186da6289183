using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Gateway.Simulator.Faults;
using Gateway.Simulator.Fixtures;
using Gateway.Simulator.Protocols;
using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Sending;

/// <summary>Turns a script into bytes for one request.</summary>
internal sealed class AnswerResolver(FixtureFolders fixtures)
{
    private const int Mega = 1 << 20;
    private static readonly Lazy<byte[]> Blanks = new(CompressBlanks);
    private readonly ConcurrentDictionary<(IProtocol Protocol, string Data), byte[]> _inserted = new();

    public ResolvedAnswer Resolve(Answer script, IProtocol protocol, in RequestFacts request, long id)
    {
        if (script.Fault is { } fault)
        {
            return Resolve(FaultCatalog.Get(fault), protocol, request, id);
        }

        var content = script switch
        {
            { Wire: { } wire } => new Content(wire, null, [wire]),
            { Fixture: { } name } => Recorded(fixtures.Load(name)),
            { Body: { } body } => new Content(Encoding.UTF8.GetBytes(body), ContentTypeOf(body)),
            _ => Generated(script, protocol, request, id),
        };

        var headers = new Dictionary<string, string>(content.Headers, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in script.Headers)
        {
            headers[name] = value;
        }

        var contentType = headers.GetValueOrDefault("content-type");
        var events = content.Events ?? SseEvents.Split(content.Bytes, contentType);
        foreach (var insertion in script.Insertions.OrderByDescending(insertion => insertion.AfterEvents))
        {
            var inserted = insertion.IsData ? Framed(protocol, insertion.Text) : Encoding.UTF8.GetBytes(insertion.Text);
            events.InsertRange(Math.Min(insertion.AfterEvents, events.Count), Enumerable.Repeat((ReadOnlyMemory<byte>)inserted, insertion.Times));
        }

        events = Change(events, script, protocol);
        if (script.Compress)
        {
            // What is compressed piece by piece is one when it is put together.
            events = [Compress(events), .. Enumerable.Repeat((ReadOnlyMemory<byte>)Blanks.Value, script.CompressedBlanks)];
            headers["content-encoding"] = "gzip";
        }

        return new ResolvedAnswer
        {
            Script = script,
            Status = script.Status ?? content.Status,
            Headers = [.. headers],
            BodyLength = events.Sum(part => (long)part.Length),
            Chunks = ChunkPlan.Make(events, script),
            Ping = script.PingEveryMs > 0 ? protocol.Ping?.ToArray(default) ?? default : default,
            Framing = script.Framing != AnswerFraming.Automatic ? script.Framing
                : (content.IsChunked ?? SseEvents.IsEventStream(contentType)) ? AnswerFraming.Chunked
                : AnswerFraming.Length,
        };
    }

    /// <summary>Some are megabytes, and need a checksum.</summary>
    private byte[] Framed(IProtocol protocol, string data)
        => _inserted.Count > 100 ? protocol.FrameData(data).ToArray(default)
            : _inserted.GetOrAdd((protocol, data), static key => key.Protocol.FrameData(key.Data).ToArray(default));

    private static List<ReadOnlyMemory<byte>> Change(List<ReadOnlyMemory<byte>> events, Answer script, IProtocol protocol)
    {
        var isStream = events.Count > 1;
        if (!isStream)
        {
            return events;
        }

        if (script.EmptyEvents)
        {
            events.InsertRange(Math.Min(4, events.Count), protocol.EmptyEvents.Select(template => (ReadOnlyMemory<byte>)template.ToArray(default)));
        }

        events.AddRange([.. script.RepeatAtEnd.Select(place => events[place < 0 ? events.Count + place : place])]);
        return script.OddLines ? OddLines.Rewrite(events) : events;
    }

    private static byte[] Compress(IEnumerable<ReadOnlyMemory<byte>> events)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            foreach (var part in events)
            {
                gzip.Write(part.Span);
            }
        }

        return compressed.ToArray();
    }

    private static byte[] CompressBlanks()
    {
        var blanks = new byte[Mega];
        blanks.AsSpan().Fill((byte)' ');
        return Compress([blanks]);
    }

    private static Content Recorded(Fixture fixture)
        => new(fixture.ReplayBytes, null) { Status = fixture.Status, Headers = fixture.ReplayHeaders, IsChunked = fixture.IsChunked };

    private static Content Generated(Answer script, IProtocol protocol, in RequestFacts request, long id)
    {
        var values = new SlotValues(id, request.InputTokens, OutputTokens: 0);
        var failure = script.Error is { } kind ? protocol.Describe(kind) : null;
        failure ??= script.Status >= 400 ? new VendorError(script.Status.Value, script.ErrorMessage, script.ErrorCode) : null;
        FramedAnswer framed;
        if (failure is not null)
        {
            framed = protocol.FrameError(failure.Status, failure.Message, failure.Code);
        }
        else
        {
            var generated = GeneratedAnswer.From(script, script.OtherShape ? request with { Stream = !request.Stream } : request);
            values = values with { OutputTokens = generated.OutputTokens };
            framed = protocol.Frame(generated);
        }

        IEnumerable<ReadOnlyMemory<byte>> events = framed.Events.Select(template => (ReadOnlyMemory<byte>)template.ToArray(values));
        if (script.StreamErrorAfter is { } after && framed.IsStream)
        {
            events = events.Take(after).Append(protocol.FrameStreamError(script.ErrorMessage, script.ErrorCode).ToArray(values));
        }

        return new Content(default, framed.ContentType, [.. events])
        {
            Status = failure?.Status ?? 200,
            IsChunked = framed.IsStream,
            Headers = new Dictionary<string, string>
            {
                ["content-type"] = framed.ContentType,
                [protocol.RequestIdHeader] = RequestId.Text(id),
            },
        };
    }

    private static string ContentTypeOf(string body)
        => body.StartsWith("data:", StringComparison.Ordinal) || body.StartsWith("event:", StringComparison.Ordinal)
            ? "text/event-stream; charset=utf-8" : "application/json";

    private sealed record Content(ReadOnlyMemory<byte> Bytes, string? ContentType, List<ReadOnlyMemory<byte>>? Events = null)
    {
        public int Status { get; init; } = 200;

        public bool? IsChunked { get; init; }

        public IReadOnlyDictionary<string, string> Headers { get; init; }
            = ContentType is null ? [] : new Dictionary<string, string> { ["content-type"] = ContentType };
    }
}
