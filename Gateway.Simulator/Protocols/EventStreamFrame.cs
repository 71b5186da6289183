using System.Buffers.Binary;
using System.Text;

namespace Gateway.Simulator.Protocols;

/// <summary>Puts a payload into a frame of AWS's event stream.</summary>
internal static class EventStreamFrame
{
    private const byte TextType = 7;

    public static byte[] Event(string type, ReadOnlySpan<byte> payload)
        => Make([(":event-type", type), (":content-type", "application/json"), (":message-type", "event")], payload);

    public static byte[] Exception(string type, ReadOnlySpan<byte> payload)
        => Make([(":exception-type", type), (":content-type", "application/json"), (":message-type", "exception")], payload);

    private static byte[] Make(IEnumerable<(string Name, string Value)> headers, ReadOnlySpan<byte> payload)
    {
        var head = new List<byte>();
        foreach (var (name, value) in headers)
        {
            head.Add((byte)name.Length);
            head.AddRange(Encoding.ASCII.GetBytes(name));
            head.Add(TextType);
            head.Add((byte)(value.Length >> 8));
            head.Add((byte)value.Length);
            head.AddRange(Encoding.ASCII.GetBytes(value));
        }

        var frame = new byte[12 + head.Count + payload.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), head.Count);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), Crc(frame.AsSpan(0, 8)));
        head.CopyTo(frame, 12);
        payload.CopyTo(frame.AsSpan(12 + head.Count));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - 4), Crc(frame.AsSpan(0, frame.Length - 4)));
        return frame;
    }

    /// <summary>CRC-32 bit by bit: short, and apart from the gateway's.</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }
}
