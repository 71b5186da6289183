using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace RoutingService.Targets;

/// <summary>The same in every process and version, so that replicas choose alike. It keeps nobody from making collisions.</summary>
internal static class StableHash
{
    public static ulong Of(string text) => Add(0, MemoryMarshal.AsBytes(text.AsSpan()));

    public static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        hash = Mix(hash, (ulong)bytes.Length);
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        var rest = 0UL;
        foreach (var next in bytes)
        {
            rest = (rest << 8) | next;
        }

        return bytes.IsEmpty ? hash : Mix(hash, rest);
    }

    /// <summary>The finalizer of SplitMix64: each bit of either changes half of the bits.</summary>
    public static ulong Mix(ulong hash, ulong value)
    {
        hash = (hash + 0x9E3779B97F4A7C15) ^ value;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }
}
