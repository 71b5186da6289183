using Gateway.Llm.Canonical;

namespace Tests.Providers;

/// <summary>Reads a stream as it comes, in whole frames.</summary>
internal static class SplitReading
{
    public static async Task<List<StreamEvent>> ReadAsync(Stream stream, EventReader reader)
    {
        var events = new List<StreamEvent>();
        var bytes = new List<byte>();
        var buffer = new byte[4096];
        var searched = 0;
        while (await stream.ReadAsync(buffer, TestKit.TimeLimit.Token()) is > 0 and var read)
        {
            bytes.AddRange(buffer.AsSpan(0, read));
            while (reader.FindFrameEnd(bytes.ToArray(), searched) is > 0 and var length)
            {
                reader.Read(bytes.GetRange(0, length).ToArray(), events);
                bytes.RemoveRange(0, length);
                searched = 0;
            }

            searched = bytes.Count;
        }

        reader.End(events);
        return events;
    }
}
