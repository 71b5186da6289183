namespace Gateway.Llm.ServerSentEvents;

/// <summary>Finds where server-sent events end, in the bytes as they came. Lines end with LF, CRLF or CR, in any mixture.</summary>
public static class SseBoundary
{
    /// <summary>
    /// The length of the first event with the blank line behind it, or 0 when it is not whole yet. <paramref name="searched"/> is how far
    /// an earlier call has looked already, so that a long event is not searched from its start again with each read. When CRLF is cut in
    /// two, its LF begins the next event, where it is a blank line and means nothing.
    /// </summary>
    public static int FindEnd(ReadOnlySpan<byte> bytes, int searched)
    {
        // An end can begin three bytes before what is new: \r\n\r split from \n.
        var position = Math.Max(0, searched - 3);
        while (true)
        {
            var next = bytes[position..].IndexOfAny((byte)'\n', (byte)'\r');
            if (next < 0)
            {
                return 0;
            }

            position += next;
            position += LineEndLength(bytes[position..]);
            if (LineEndLength(bytes[position..]) is > 0 and var blankLine)
            {
                return position + blankLine;
            }
        }
    }

    /// <summary>0 where no line ends.</summary>
    private static int LineEndLength(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [(byte)'\r', (byte)'\n', ..] => 2,
        [(byte)'\r' or (byte)'\n', ..] => 1,
        _ => 0,
    };
}
