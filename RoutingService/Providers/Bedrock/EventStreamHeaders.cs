using System.Buffers.Binary;

namespace RoutingService.Providers.Bedrock;

/// <summary>The headers of a message, read one after another.</summary>
internal readonly ref struct EventStreamHeaders(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public Enumerator GetEnumerator() => new(_bytes);

    internal ref struct Enumerator(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public EventStreamHeader Current { get; private set; }

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            var name = Take(Take(1)[0]);
            if (name.IsEmpty)
            {
                throw new EventStreamException("A header has no name.");
            }

            var type = (EventStreamHeaderType)Take(1)[0];
            var length = type switch
            {
                EventStreamHeaderType.True or EventStreamHeaderType.False => 0,
                EventStreamHeaderType.Byte => sizeof(byte),
                EventStreamHeaderType.Int16 => sizeof(short),
                EventStreamHeaderType.Int32 => sizeof(int),
                EventStreamHeaderType.Int64 or EventStreamHeaderType.Timestamp => sizeof(long),
                EventStreamHeaderType.Bytes or EventStreamHeaderType.Text => BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort))),
                EventStreamHeaderType.Uuid => 16,
                _ => throw new EventStreamException("A header has an unknown type."),
            };
            Current = new EventStreamHeader(name, type, Take(length));
            return true;
        }

        private ReadOnlySpan<byte> Take(int length)
        {
            if (length > _rest.Length)
            {
                throw new EventStreamException("A header is cut off.");
            }

            var taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }
    }
}

internal readonly ref struct EventStreamHeader(ReadOnlySpan<byte> name, EventStreamHeaderType type, ReadOnlySpan<byte> value)
{
    public ReadOnlySpan<byte> Name { get; } = name;

    public EventStreamHeaderType Type { get; } = type;

    /// <summary>As it was sent: numbers are big-endian.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;
}

internal enum EventStreamHeaderType : byte
{
    True,
    False,
    Byte,
    Int16,
    Int32,
    Int64,
    Bytes,
    Text,
    Timestamp,
    Uuid,
}
