using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Usage;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>
/// The layout of an entry: a mark (4 bytes), the payload's length (4), CRC-32C of type and payload (4), type (1), payload. Numbers are little endian.
/// The mark begins with a byte that UTF-8 never has, so a reader that has lost its place finds the next entry and no payload looks like one.
/// </summary>
internal static class JournalEntry
{
    public const int HeaderLength = 13;

    /// <summary>Beyond any record; a length above it is damage.</summary>
    public const int MaxPayloadLength = 64 * 1024 * 1024;

    private const int LengthAt = 4;
    private const int ChecksumAt = 8;
    private const int TypeAt = 12;

    public static ReadOnlySpan<byte> Mark => [0xF5, (byte)'J', (byte)'R', (byte)'N'];

    /// <summary>The payload is the record in the JSON of the services' contracts: a field that is added there is in the journal.</summary>
    public static void Write(ArrayBufferWriter<byte> output, Utf8JsonWriter json, CallRecord record)
    {
        output.ResetWrittenCount();
        output.GetSpan(HeaderLength)[..HeaderLength].Clear();
        output.Advance(HeaderLength);
        json.Reset(output);
        JsonSerializer.Serialize(json, record, ContractsJson.Default.CallRecord);
        json.Flush();

        var entry = System.Runtime.InteropServices.MemoryMarshal.AsMemory(output.WrittenMemory).Span;
        Mark.CopyTo(entry);
        BinaryPrimitives.WriteInt32LittleEndian(entry[LengthAt..], entry.Length - HeaderLength);
        entry[TypeAt] = (byte)JournalEntryType.Call;
        BinaryPrimitives.WriteUInt32LittleEndian(entry[ChecksumAt..], Crc32C.Compute(entry[TypeAt..]));
    }

    /// <summary>Looks at the beginning of <paramref name="bytes"/>, behind which the file goes on up to <paramref name="available"/> bytes.</summary>
    /// <param name="length">The entry's whole length; for <see cref="JournalEntryState.Incomplete"/>, how many bytes are needed to tell.</param>
    public static JournalEntryState Inspect(ReadOnlySpan<byte> bytes, long available, out int length)
    {
        length = HeaderLength;
        if (available < HeaderLength || !bytes[..Math.Min(bytes.Length, Mark.Length)].SequenceEqual(Mark[..Math.Min(bytes.Length, Mark.Length)]))
        {
            return JournalEntryState.Damaged;
        }

        if (bytes.Length < HeaderLength)
        {
            return JournalEntryState.Incomplete;
        }

        var payloadLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[LengthAt..]);
        if (payloadLength is < 0 or > MaxPayloadLength || HeaderLength + payloadLength > available)
        {
            return JournalEntryState.Damaged;
        }

        length = HeaderLength + payloadLength;
        if (bytes.Length < length)
        {
            return JournalEntryState.Incomplete;
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]) == Crc32C.Compute(bytes[TypeAt..length])
            ? JournalEntryState.Whole
            : JournalEntryState.Damaged;
    }

    /// <summary>Null when this version of the gateway cannot read what another one wrote.</summary>
    public static CallRecord? ReadRecord(ReadOnlySpan<byte> entry)
    {
        if (entry[TypeAt] != (byte)JournalEntryType.Call)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(entry[HeaderLength..], ContractsJson.Default.CallRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal enum JournalEntryState
{
    Whole,

    /// <summary>More bytes are needed to tell.</summary>
    Incomplete,

    Damaged,
}

internal enum JournalEntryType : byte
{
    /// <summary>The record of one call, from which its settlement follows.</summary>
    Call = 1,
}
