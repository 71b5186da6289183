using System.Globalization;
using System.Text;
using static Gateway.Llm.Tokens.CharacterClass;

namespace Gateway.Llm.Tokens;

/// <summary>Characters of UTF-8 text and their classes.</summary>
internal static class Characters
{
    private static readonly CharacterClass[] Ascii = [.. Enumerable.Range(0, 128).Select(value => Classify(new Rune(value)))];

    /// <summary>The class of the character at a position, and its length in bytes.</summary>
    public static CharacterClass At(ReadOnlySpan<byte> text, int position, out int length)
    {
        var first = text[position];
        if (first < 0x80)
        {
            length = 1;
            return Ascii[first];
        }

        // A broken sequence is passed over as the replacement character, a symbol.
        Rune.DecodeFromUtf8(text[position..], out var rune, out length);
        return Classify(rune);
    }

    /// <summary>The end of the run of characters that have one of the classes.</summary>
    public static int EndOfAny(ReadOnlySpan<byte> text, int position, CharacterClass classes)
    {
        while (position < text.Length && (At(text, position, out var length) & classes) != None)
        {
            position += length;
        }

        return position;
    }

    /// <summary>The end of the run of characters that have none of the classes.</summary>
    public static int EndOfNone(ReadOnlySpan<byte> text, int position, CharacterClass classes)
    {
        while (position < text.Length && (At(text, position, out var length) & classes) == None)
        {
            position += length;
        }

        return position;
    }

    private static CharacterClass Classify(Rune rune)
        => rune.Value is '\r' or '\n' ? Space | LineEnd
            : Rune.IsWhiteSpace(rune) ? Space
            : Rune.GetUnicodeCategory(rune) switch
            {
                UnicodeCategory.LowercaseLetter => Letter | WordTail,
                UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => Letter | WordHead,
                UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter => Letter | WordHead | WordTail,
                UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => WordHead | WordTail,
                UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Number,
                _ => None,
            };
}
