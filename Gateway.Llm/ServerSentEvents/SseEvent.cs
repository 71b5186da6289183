namespace Gateway.Llm.ServerSentEvents;

/// <summary>Reads the fields of one event out of its bytes.</summary>
public static class SseEvent
{
    /// <summary>The data of an event; empty for comments. Nothing is copied where there is one <c>data:</c> line, as in nearly every event.</summary>
    public static ReadOnlySpan<byte> Data(ReadOnlySpan<byte> serverSentEvent)
    {
        // A byte order mark may begin the first event of a stream.
        if (serverSentEvent.StartsWith("\uFEFF"u8))
        {
            serverSentEvent = serverSentEvent[3..];
        }

        ReadOnlySpan<byte> data = default;
        while (!serverSentEvent.IsEmpty)
        {
            var lineEnd = serverSentEvent.IndexOfAny((byte)'\n', (byte)'\r');
            var line = lineEnd < 0 ? serverSentEvent : serverSentEvent[..lineEnd];
            serverSentEvent = lineEnd < 0 ? default : serverSentEvent[(lineEnd + 1)..];
            if (line.StartsWith("data:"u8))
            {
                line = line["data:"u8.Length..];
                line = line.StartsWith(" "u8) ? line[1..] : line;
                data = data.IsEmpty ? line : (byte[])[.. data, (byte)'\n', .. line];
            }
        }

        return data;
    }
}
