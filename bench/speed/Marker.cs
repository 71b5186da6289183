using System.Buffers.Text;

namespace Bench.Speed;

/// <summary>
/// The text of one chunk of a stream: its number and when it was sent, by the clock that all processes of a machine share. As text of the
/// model it goes through every translation.
/// </summary>
internal static class Marker
{
    public const int ChunksOfStream = 50;
    public const byte Start = (byte)'~';

    /// <summary><c>~07:0000012345678901</c>; nanoseconds fill sixteen digits after 115 days of the machine's life.</summary>
    public const int Length = 20;

    private const int NumberLength = 2;
    private const int TimeStart = NumberLength + 2;

    /// <summary>Nanoseconds of the monotonic clock.</summary>
    public static long Now => TimeProvider.System.GetTimestamp() * (1_000_000_000L / TimeProvider.System.TimestampFrequency);

    public static void Write(Span<byte> target, int number, long sentAt)
    {
        target[0] = Start;
        Utf8Formatter.TryFormat(number, target[1..], out _, new System.Buffers.StandardFormat('D', NumberLength));
        target[NumberLength + 1] = (byte)':';
        Utf8Formatter.TryFormat(sentAt, target[TimeStart..], out _, new System.Buffers.StandardFormat('D', Length - TimeStart));
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out int number, out long sentAt)
    {
        sentAt = 0;
        return Utf8Parser.TryParse(source.Slice(1, NumberLength), out number, out var digits) && digits == NumberLength
            && source[NumberLength + 1] == (byte)':'
            && Utf8Parser.TryParse(source[TimeStart..Length], out sentAt, out digits) && digits == Length - TimeStart;
    }
}
