using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Gateway.Contracts.Routing;

/// <summary>Writes frames; flushing is the caller's.</summary>
public static class FrameWriter
{
    public static void WriteControl<T>(IBufferWriter<byte> output, FrameType type, T value, JsonTypeInfo<T> typeInfo)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(value, typeInfo);
        WriteHeader(output, type, payload.Length);
        output.Write(payload);
    }

    public static void WriteData(IBufferWriter<byte> output, ReadOnlySpan<byte> data)
    {
        WriteHeader(output, FrameType.Data, data.Length);
        output.Write(data);
    }

    public static void WriteProgress(IBufferWriter<byte> output, long outputTokens)
    {
        WriteHeader(output, FrameType.Progress, sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), outputTokens);
        output.Advance(sizeof(long));
    }

    private static void WriteHeader(IBufferWriter<byte> output, FrameType type, int length)
    {
        Frames.WriteHeader(output.GetSpan(Frames.HeaderLength), type, length);
        output.Advance(Frames.HeaderLength);
    }
}
