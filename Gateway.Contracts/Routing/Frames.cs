using System.Buffers.Binary;

namespace Gateway.Contracts.Routing;

/// <summary>
/// The layout of a frame between the Edge and RoutingService: one byte of <see cref="FrameType"/>, four bytes of length
/// (little endian), the payload. A request is a head frame and data; an answer is head, data, end.
/// </summary>
public static class Frames
{
    public const string ContentType = "application/vnd.gateway.frames";
    public const int HeaderLength = 5;

    /// <summary>A head or an end beyond this is no frame of ours.</summary>
    public const int MaxControlLength = 1 << 20;

    public static void WriteHeader(Span<byte> destination, FrameType type, int length)
    {
        destination[0] = (byte)type;
        BinaryPrimitives.WriteInt32LittleEndian(destination[1..], length);
    }

    public static (FrameType Type, int Length) ReadHeader(ReadOnlySpan<byte> header)
    {
        var type = (FrameType)header[0];
        var length = BinaryPrimitives.ReadInt32LittleEndian(header[1..]);
        if (type is not (FrameType.Head or FrameType.Data or FrameType.End or FrameType.Progress) || length < 0 || (type != FrameType.Data && length > MaxControlLength))
        {
            throw new InvalidDataException($"Not a frame: type {header[0]}, length {length}.");
        }

        return (type, length);
    }
}

public enum FrameType : byte
{
    Head = 1,
    Data = 2,
    End = 3,

    /// <summary>Output tokens so far, as eight bytes (little endian); for calls whose reservation is watched.</summary>
    Progress = 4,
}
