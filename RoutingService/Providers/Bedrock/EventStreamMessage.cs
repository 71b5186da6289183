using System.Buffers.Binary;

namespace RoutingService.Providers.Bedrock;

/// <summary>
/// A message of AWS's event stream (<c>application/vnd.amazon.eventstream</c>): a prelude with lengths and their checksum, headers, payload, and a
/// checksum over all of it. Views into the frame; nothing is copied.
/// </summary>
internal readonly ref struct EventStreamMessage
{
    private const int PreludeLength = 12;
    private const int ChecksumLength = sizeof(uint);
    private const int MinLength = PreludeLength + ChecksumLength;

    /// <summary>As in AWS's own libraries.</summary>
    private const uint MaxLength = 24 * 1024 * 1024;
    private const uint MaxHeadersLength = 128 * 1024;

    private EventStreamMessage(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        Headers = new EventStreamHeaders(headers);
        Payload = payload;
    }

    public EventStreamHeaders Headers { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The length of the first message, or 0 when it is not whole yet. What cannot be a message is an <see cref="EventStreamException"/>.</summary>
    public static int FindEnd(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < PreludeLength)
        {
            return 0;
        }

        var total = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(bytes[sizeof(uint)..]);
        if (Crc32.Compute(bytes[..(PreludeLength - ChecksumLength)]) != BinaryPrimitives.ReadUInt32BigEndian(bytes[(PreludeLength - ChecksumLength)..]))
        {
            throw new EventStreamException("The checksum of a prelude is wrong.");
        }

        if (total is < MinLength or > MaxLength || headers > MaxHeadersLength || headers > total - MinLength)
        {
            throw new EventStreamException("The lengths of a message are wrong.");
        }

        return total <= bytes.Length ? (int)total : 0;
    }

    /// <summary>Reads one whole message, as <see cref="FindEnd"/> has found it.</summary>
    public static EventStreamMessage Parse(ReadOnlySpan<byte> frame)
    {
        if (FindEnd(frame) != frame.Length)
        {
            throw new EventStreamException("A message is not whole.");
        }

        var content = frame[..^ChecksumLength];
        if (Crc32.Compute(content) != BinaryPrimitives.ReadUInt32BigEndian(frame[^ChecksumLength..]))
        {
            throw new EventStreamException("The checksum of a message is wrong.");
        }

        var headersLength = (int)BinaryPrimitives.ReadUInt32BigEndian(frame[sizeof(uint)..]);
        var message = new EventStreamMessage(
            content.Slice(PreludeLength, headersLength), content[(PreludeLength + headersLength)..]);
        foreach (var header in message.Headers)
        {
            // Each is well-formed, or the message is refused.
            _ = header.Type;
        }

        return message;
    }

    /// <summary>The text of a header; empty when it is absent.</summary>
    public ReadOnlySpan<byte> FindText(ReadOnlySpan<byte> name)
    {
        foreach (var header in Headers)
        {
            if (header.Type == EventStreamHeaderType.Text && header.Name.SequenceEqual(name))
            {
                return header.Value;
            }
        }

        return default;
    }
}

/// <summary>The bytes are no event stream, or were changed on their way: what follows cannot be trusted either.</summary>
internal sealed class EventStreamException(string message) : IOException(message);
