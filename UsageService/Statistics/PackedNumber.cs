namespace UsageService.Statistics;

/// <summary>Numbers in seven bits a byte, the lowest first: small ones, as most sums are, take one or two.</summary>
internal static class PackedNumber
{
    public static void Write(Stream output, long number)
    {
        for (var rest = (ulong)number; ; rest >>= 7)
        {
            if (rest < 128)
            {
                output.WriteByte((byte)rest);
                return;
            }

            output.WriteByte((byte)(rest | 128));
        }
    }

    /// <summary>Leaves what follows.</summary>
    public static long Read(ref ReadOnlySpan<byte> input)
    {
        var number = 0UL;
        for (var (index, shift) = (0, 0); ; index++, shift += 7)
        {
            number |= (ulong)(input[index] & 127) << shift;
            if (input[index] < 128)
            {
                input = input[(index + 1)..];
                return (long)number;
            }
        }
    }
}
