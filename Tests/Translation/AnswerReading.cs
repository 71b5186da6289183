using System.Text;
using Gateway.Llm.Canonical;
using Gateway.Llm.ServerSentEvents;
using Gateway.Simulator.Fixtures;
using Tests.Fixtures;
using Tests.TestKit;

namespace Tests.Translation;

/// <summary>Reads answers as the gateway does.</summary>
internal static class AnswerReading
{
    public static IEnumerable<(string File, Fixture Fixture)> Fixtures(string folder)
        => FixtureLibrary.Files(folder).Where(row => row.Skip is null).Select(row => (row.Data, FixtureLibrary.Load(row.Data)));

    /// <summary>A recorded answer's events, whether it is a stream or not.</summary>
    public static List<StreamEvent> Read(ProviderFamily family, Fixture fixture)
    {
        if (family.IsStream(fixture))
        {
            return ReadStream(family.CreateReader(fixture), BytesOf(fixture));
        }

        var events = new List<StreamEvent>();
        family.ReadBody(fixture, fixture.ReplayBytes, events);
        return events;
    }

    /// <summary>Some sources have cut the blank line behind the last event, without which it has not ended.</summary>
    public static byte[] BytesOf(Fixture fixture)
        => fixture.Provider == "bedrock" || fixture.ReplayBytes.Span.EndsWith("\n\n"u8) ? fixture.ReplayBytes.ToArray() : [.. fixture.ReplayBytes.Span, .. "\n\n"u8];

    public static List<StreamEvent> ReadStream(EventReader reader, ReadOnlySpan<byte> bytes)
    {
        bytes = Complete(bytes);
        var events = new List<StreamEvent>();
        while (!reader.IsEnded && reader.FindFrameEnd(bytes, 0) is > 0 and var length)
        {
            reader.Read(bytes[..length], events);
            bytes = bytes[length..];
        }

        reader.End(events);
        return events;
    }

    /// <summary>As it comes over a network, in pieces of any size.</summary>
    public static List<StreamEvent> ReadSplit(EventReader reader, byte[] bytes, Random random)
    {
        using var stream = new SplitStream(Complete(bytes), () => random.Next(4) == 0 ? random.Next(1, 2000) : random.Next(1, 20));
        var events = new List<StreamEvent>();
        var unread = new MemoryStream();
        var buffer = new byte[4096];
        var searched = 0;
        while (!reader.IsEnded && stream.Read(buffer) is > 0 and var read)
        {
            unread.Write(buffer.AsSpan(0, read));
            var at = 0;
            var all = unread.GetBuffer().AsSpan(0, (int)unread.Length);
            while (!reader.IsEnded && reader.FindFrameEnd(all[at..], searched) is > 0 and var length)
            {
                reader.Read(all.Slice(at, length), events);
                at += length;
                searched = 0;
            }

            searched = all.Length - at;
            if (at > 0)
            {
                var rest = all[at..].ToArray();
                unread.SetLength(0);
                unread.Write(rest);
            }
        }

        reader.End(events);
        return events;
    }

    /// <summary>The last event may lack the blank line behind it; whoever reads a connection to its end adds it.</summary>
    private static byte[] Complete(ReadOnlySpan<byte> stream) => [.. stream, .. stream.EndsWith("\n\n"u8) ? default : "\n\n"u8];

    /// <summary>The data of each server-sent event.</summary>
    public static List<string> DataOf(ReadOnlySpan<byte> stream)
    {
        var data = new List<string>();
        while (SseBoundary.FindEnd(stream, 0) is > 0 and var length)
        {
            var text = Encoding.UTF8.GetString(SseEvent.Data(stream[..length]));
            if (text.Length > 0 && text != "[DONE]")
            {
                data.Add(text);
            }

            stream = stream[length..];
        }

        return data;
    }

    public static string Describe(StreamEvent streamEvent) => streamEvent switch
    {
        NativePartAdded added => $"native {added.Part.Origin} {added.Part.Json.GetRawText()}",
        CitationAdded { Citation: var citation } => $"citation {citation.Url} {citation.Title} {citation.Start} {citation.End} {citation.CitedText}",
        LogprobsAdded added => $"logprobs {added.Content.GetRawText()}",
        _ => streamEvent.ToString(),
    };
}
