using System.Runtime.InteropServices;
using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Sending;

/// <summary>Where a body is cut off, and at which bytes its chunks begin.</summary>
internal static class ChunkPlan
{
    public static IReadOnlyList<ReadOnlyMemory<byte>> Make(IReadOnlyList<ReadOnlyMemory<byte>> events, Answer script)
    {
        var sent = CutOff(events, script);
        if (!script.SplitEveryByte && script.SplitAt.Count == 0)
        {
            return sent;
        }

        ReadOnlyMemory<byte> body = sent.SelectMany(part => MemoryMarshal.ToEnumerable(part)).ToArray();
        var offsets = script.SplitEveryByte ? Enumerable.Range(1, Math.Max(0, body.Length - 1)) : script.SplitAt.Order();
        var chunks = new List<ReadOnlyMemory<byte>>();
        var start = 0;
        foreach (var offset in offsets.Where(offset => offset > 0 && offset < body.Length).Append(body.Length))
        {
            if (offset > start)
            {
                chunks.Add(body[start..offset]);
                start = offset;
            }
        }

        return chunks;
    }

    private static IReadOnlyList<ReadOnlyMemory<byte>> CutOff(IReadOnlyList<ReadOnlyMemory<byte>> events, Answer script)
    {
        if (script.Ending == AnswerEnding.Complete)
        {
            return events;
        }

        if (script.EndAfterBytes is { } bytes)
        {
            return Take(events, bytes);
        }

        return script.EndAfterEvents switch
        {
            null => events,
            0 => [],
            _ when events.Count == 1 => Take(events, events[0].Length / 2),
            { } count => [.. events.Take(count)],
        };
    }

    private static List<ReadOnlyMemory<byte>> Take(IEnumerable<ReadOnlyMemory<byte>> events, int bytes)
    {
        var taken = new List<ReadOnlyMemory<byte>>();
        foreach (var part in events)
        {
            if (bytes <= 0)
            {
                break;
            }

            taken.Add(part[..Math.Min(bytes, part.Length)]);
            bytes -= part.Length;
        }

        return taken;
    }
}
