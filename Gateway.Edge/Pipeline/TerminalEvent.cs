using Gateway.Contracts;

namespace Gateway.Edge.Pipeline;

/// <summary>
/// Finds the event that tells a client its stream is complete, wherever the pieces are cut. It is at the start of a line, where no text of a
/// model can be: inside JSON a line break is escaped.
/// </summary>
internal struct TerminalEvent(ClientFormat format)
{
    private const int MaxPrefix = 48;

    private PrefixBuffer _line;
    private int _lineLength;

    /// <summary>The terminal event has begun.</summary>
    public bool IsSeen { get; private set; }

    /// <summary>The bytes so far end in the middle of a line, whose end may make it the terminal one.</summary>
    public readonly bool IsInLine => _lineLength > 0;

    public void Read(ReadOnlySpan<byte> piece)
    {
        while (!IsSeen && !piece.IsEmpty)
        {
            var end = piece.IndexOfAny((byte)'\n', (byte)'\r');
            var part = end < 0 ? piece : piece[..end];
            var kept = part[..Math.Min(part.Length, MaxPrefix - _lineLength)];
            kept.CopyTo(((Span<byte>)_line)[_lineLength..]);
            _lineLength += kept.Length;
            IsSeen = IsTerminal(((ReadOnlySpan<byte>)_line)[.._lineLength]);
            if (end < 0)
            {
                return;
            }

            _lineLength = 0;
            piece = piece[(end + 1)..];
        }
    }

    private readonly bool IsTerminal(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("data:"u8))
        {
            var value = line["data:"u8.Length..].TrimStart((byte)' ');
            return format switch
            {
                ClientFormat.Chat => value.StartsWith("[DONE]"u8),
                ClientFormat.Messages => value.StartsWith("{\"type\":\"message_stop\""u8),
                _ => value.StartsWith("{\"type\":\""u8) && IsFinalResponse(value["{\"type\":\""u8.Length..]),
            };
        }

        if (!line.StartsWith("event:"u8))
        {
            return false;
        }

        var name = line["event:"u8.Length..].TrimStart((byte)' ');
        return format switch
        {
            ClientFormat.Messages => name.StartsWith("message_stop"u8),
            ClientFormat.Responses => IsFinalResponse(name),
            _ => false,
        };
    }

    private static bool IsFinalResponse(ReadOnlySpan<byte> name)
        => name.StartsWith("response.completed"u8) || name.StartsWith("response.failed"u8) || name.StartsWith("response.incomplete"u8);

    [System.Runtime.CompilerServices.InlineArray(MaxPrefix)]
    private struct PrefixBuffer
    {
        private byte _first;
    }
}
