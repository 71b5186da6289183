using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace Gateway.Simulator.Protocols;

/// <summary>What differs between two answers of the same template.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SlotValues(long Id, long InputTokens, long OutputTokens);

/// <summary>
/// UTF-8 bytes made once, with slots for what differs between answers. A slot is a control character, which JSON text
/// cannot hold as such.
/// </summary>
internal sealed class ByteTemplate
{
    public const char Id = '\u0001';
    public const char InputTokens = '\u0002';
    public const char TotalTokens = '\u0003';

    private const int IdLength = 12;
    private static readonly SearchValues<char> Slots = SearchValues.Create([Id, InputTokens, TotalTokens]);

    private readonly List<(byte[] Literal, char Slot)> parts = [];
    private readonly int literalLength;
    private readonly Func<byte[], byte[]>? wrap;

    /// <param name="wrap">Puts the filled bytes into a frame with a checksum.</param>
    public ByteTemplate(string text, Func<byte[], byte[]>? wrap = null)
    {
        this.wrap = wrap;
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var slot = rest.IndexOfAny(Slots);
            var literal = Encoding.UTF8.GetBytes(rest[..(slot < 0 ? rest.Length : slot)].ToString());
            parts.Add((literal, slot < 0 ? '\0' : rest[slot]));
            literalLength += literal.Length;
            rest = slot < 0 ? [] : rest[(slot + 1)..];
        }
    }

    public int LengthOf(in SlotValues values)
    {
        var length = literalLength;
        foreach (var (_, slot) in parts)
        {
            length += slot switch
            {
                '\0' => 0,
                Id => IdLength,
                _ => DigitsOf(Number(slot, values)),
            };
        }

        return length;
    }

    /// <summary>Writes the bytes and returns how many.</summary>
    public int Write(IBufferWriter<byte> writer, in SlotValues values)
    {
        if (wrap is not null)
        {
            var framed = ToArray(values);
            writer.Write(framed);
            return framed.Length;
        }

        var length = LengthOf(values);
        Fill(writer.GetSpan(length), values);
        writer.Advance(length);
        return length;
    }

    public byte[] ToArray(in SlotValues values)
    {
        var bytes = new byte[LengthOf(values)];
        Fill(bytes, values);
        return wrap is null ? bytes : wrap(bytes);
    }

    private void Fill(Span<byte> target, in SlotValues values)
    {
        foreach (var (literal, slot) in parts)
        {
            literal.CopyTo(target);
            target = target[literal.Length..];
            if (slot == '\0')
            {
                continue;
            }

            var format = slot == Id ? new StandardFormat('D', IdLength) : default;
            Utf8Formatter.TryFormat(Number(slot, values), target, out var written, format);
            target = target[written..];
        }
    }

    private static long Number(char slot, in SlotValues values) => slot switch
    {
        Id => values.Id,
        InputTokens => values.InputTokens,
        _ => values.InputTokens + values.OutputTokens,
    };

    private static int DigitsOf(long number)
    {
        var digits = 1;
        for (; number >= 10; number /= 10)
        {
            digits++;
        }

        return digits;
    }
}
