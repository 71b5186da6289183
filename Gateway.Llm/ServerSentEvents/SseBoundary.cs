namespace Gateway.Llm.ServerSentEvents;

/// <summary>Finds where server-sent events end, in the bytes as they came.</summary>
public static class SseBoundary
{
    /// <summary>
    /// The length of the first event with the blank line behind it, or 0 when it is not whole yet. <paramref name="searched"/> is how far
    /// an earlier call has looked already, so that a long event is not searched from its start again with each read.
    /// </summary>
    public static int FindEnd(ReadOnlySpan<byte> bytes, int searched)
    {
        // An end can begin three bytes before what is new: \r\n\r split from \n.
        var position = Math.Max(0, searched - 3);
        while (true)
        {
            var next = bytes[position..].IndexOf((byte)'\n');
            if (next < 0)
            {
                return 0;
            }

            position += next + 1;
            if (position < bytes.Length && bytes[position] == (byte)'\n')
            {
                return position + 1;
            }

            if (position + 1 < bytes.Length && bytes[position] == (byte)'\r' && bytes[position + 1] == (byte)'\n')
            {
                return position + 2;
            }
        }
    }
}
