namespace Gateway.Llm.ServerSentEvents;

/// <summary>Reads the fields of one event out of its bytes.</summary>
public static class SseEvent
{
    /// <summary>
    /// The data of an event that has one <c>data:</c> line, as every event of the providers has; empty for comments. Several lines
    /// give the first one.
    /// </summary>
    public static ReadOnlySpan<byte> Data(ReadOnlySpan<byte> serverSentEvent)
    {
        while (!serverSentEvent.IsEmpty)
        {
            var lineEnd = serverSentEvent.IndexOf((byte)'\n');
            var line = lineEnd < 0 ? serverSentEvent : serverSentEvent[..lineEnd];
            serverSentEvent = lineEnd < 0 ? default : serverSentEvent[(lineEnd + 1)..];
            if (line.StartsWith("data:"u8))
            {
                line = line["data:"u8.Length..];
                if (line.StartsWith(" "u8))
                {
                    line = line[1..];
                }

                return line.TrimEnd((byte)'\r');
            }
        }

        return default;
    }
}
