using System.Buffers;
using System.Globalization;

namespace Gateway.Llm.Json;

/// <summary>
/// Puts characters together that a provider has cut in two: half of one in an event, as <c>\ud83d</c>, the other half in the next. No reader of
/// JSON takes a half for text.
/// </summary>
public sealed class HalfCharacters
{
    private const int EscapeLength = 6;
    private byte[]? _first;

    /// <summary>A whole body: what is half there stays half, and becomes a replacement character.</summary>
    public static ReadOnlyMemory<byte> Mend(ReadOnlyMemory<byte> json)
    {
        var output = Write(json.Span, new HalfCharacters(), isWhole: true);
        return output is null ? json : output.WrittenMemory;
    }

    /// <summary>The next event; its first half of a character is held back for the one that brings the second.</summary>
    public ReadOnlySpan<byte> Join(ReadOnlySpan<byte> json)
    {
        var output = Write(json, this, isWhole: false);
        return output is null ? json : output.WrittenSpan;
    }

    /// <summary>Null where nothing is to be changed, as in nearly every event.</summary>
    private static ArrayBufferWriter<byte>? Write(ReadOnlySpan<byte> json, HalfCharacters state, bool isWhole)
    {
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0)
        {
            return null;
        }

        var output = new ArrayBufferWriter<byte>(json.Length + EscapeLength);
        while (!json.IsEmpty)
        {
            // A backslash is nowhere but in a string.
            var start = json.IndexOf((byte)'\\');
            output.Write(start < 0 ? json : json[..start]);
            json = start < 0 ? default : json[start..];
            var unit = UnitOf(json);
            var length = unit is null ? Math.Min(2, json.Length) : EscapeLength;
            if (unit is { } first && char.IsHighSurrogate(first))
            {
                if (UnitOf(json[EscapeLength..]) is { } second && char.IsLowSurrogate(second))
                {
                    length += EscapeLength;
                    output.Write(json[..length]);
                }
                else if (isWhole)
                {
                    output.Write("\\ufffd"u8);
                }
                else
                {
                    state._first = json[..EscapeLength].ToArray();
                }
            }
            else if (unit is { } last && char.IsLowSurrogate(last))
            {
                output.Write(state._first);
                output.Write(state._first is null ? "\\ufffd"u8 : json[..EscapeLength]);
                state._first = null;
            }
            else
            {
                output.Write(json[..length]);
            }

            json = json[length..];
        }

        return output;
    }

    private static char? UnitOf(ReadOnlySpan<byte> json)
        => json.Length >= EscapeLength && json.StartsWith("\\u"u8)
            && ushort.TryParse(json[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? (char)unit : null;
}
