namespace Gateway.Simulator.Sending;

/// <summary>Cuts a recorded or given event stream after each event; every byte is kept.</summary>
internal static class SseEvents
{
    public static bool IsEventStream(string? contentType)
        => contentType is not null && contentType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);

    /// <summary>The events of a stream; any other body in one part.</summary>
    public static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> body, string? contentType)
    {
        if (!IsEventStream(contentType))
        {
            return body.Length == 0 ? [] : [body];
        }

        var events = new List<ReadOnlyMemory<byte>>();
        while (body.Length > 0)
        {
            var end = EndOfEvent(body.Span);
            events.Add(body[..end]);
            body = body[end..];
        }

        return events;
    }

    private static int EndOfEvent(ReadOnlySpan<byte> body)
    {
        var lf = body.IndexOf("\n\n"u8);
        var crlf = body.IndexOf("\r\n\r\n"u8);
        return (lf, crlf) switch
        {
            (-1, -1) => body.Length,
            (_, -1) => lf + 2,
            (-1, _) => crlf + 4,
            _ => lf < crlf ? lf + 2 : crlf + 4,
        };
    }
}
