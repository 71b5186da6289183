using static Gateway.Llm.Tokens.CharacterClass;
using static Gateway.Llm.Tokens.Characters;

namespace Gateway.Llm.Tokens;

/// <summary>
/// Cuts text into the pieces that tokens do not cross. Each method finds the end of the piece at a position as the encoding's split pattern would,
/// what its backtracking gives back included:
/// <code>
/// cl100k  's|'t|'re|'ve|'m|'ll|'d (any case)
///         |[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
/// o200k   [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+('s|'t|'re|'ve|'m|'ll|'d)?
///         |[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*('s|'t|'re|'ve|'m|'ll|'d)?
///         |\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
/// </code>
/// Every piece has at least one character, and no text is read more than twice.
/// </summary>
internal static class Pieces
{
    public static int Cl100kEnd(ReadOnlySpan<byte> text, int start)
    {
        var contraction = ContractionLength(text, start);
        if (contraction > 0)
        {
            return start + contraction;
        }

        var first = At(text, start, out var firstLength);
        if ((first & (Number | LineEnd)) == None)
        {
            // Before the letters may stand one character of any other kind.
            var letters = start + firstLength;
            var end = EndOfAny(text, letters, Letter);
            if (end > letters || (first & Letter) != None)
            {
                return end;
            }
        }

        return EndOfOther(text, start, first, firstLength, slashes: false);
    }

    public static int O200kEnd(ReadOnlySpan<byte> text, int start)
    {
        var first = At(text, start, out var firstLength);
        if ((first & (Number | LineEnd)) == None)
        {
            var end = EndOfWord(text, start, first, firstLength);
            if (end > start)
            {
                return end + ContractionLength(text, end);
            }
        }

        return EndOfOther(text, start, first, firstLength, slashes: true);
    }

    /// <summary>The two word alternatives of o200k; <paramref name="start"/> when neither fits.</summary>
    private static int EndOfWord(ReadOnlySpan<byte> text, int start, CharacterClass first, int firstLength)
    {
        var word = (first & Letter) != None ? start : start + firstLength;
        var position = word;
        var lastTail = -1;
        while (position < text.Length)
        {
            var current = At(text, position, out var length);
            if ((current & WordHead) == None)
            {
                if ((current & WordTail) != None)
                {
                    return EndOfAny(text, position, WordTail);
                }

                break;
            }

            position += length;
            if ((current & WordTail) != None)
            {
                lastTail = position;
            }
        }

        // No lower case follows: the head gives back as far as its last letter without case, or mark, which can be the tail.
        return lastTail >= 0 ? lastTail
            : (first & (WordTail | Letter)) == WordTail ? start + firstLength // a mark, tried as the leading character, is itself the tail
            : position > word ? position
            : start;
    }

    private static int EndOfOther(ReadOnlySpan<byte> text, int start, CharacterClass first, int firstLength, bool slashes)
    {
        if ((first & Number) != None)
        {
            var end = start + firstLength;
            for (var digits = 1; digits < 3 && end < text.Length && (At(text, end, out var length) & Number) != None; digits++)
            {
                end += length;
            }

            return end;
        }

        var symbols = text[start] == ' ' ? start + 1 : start;
        var symbolsEnd = EndOfNone(text, symbols, Space | Letter | Number);
        return symbolsEnd > symbols ? EndOfLines(text, symbolsEnd, slashes) : EndOfSpace(text, start);
    }

    private static int EndOfLines(ReadOnlySpan<byte> text, int position, bool slashes)
    {
        while (position < text.Length && (text[position] is (byte)'\r' or (byte)'\n' || (slashes && text[position] == '/')))
        {
            position++;
        }

        return position;
    }

    /// <summary>White space: up to its last line end, else all but the character before a word, else all.</summary>
    private static int EndOfSpace(ReadOnlySpan<byte> text, int start)
    {
        var position = start;
        var last = start;
        var afterLineEnd = -1;
        while (position < text.Length)
        {
            var current = At(text, position, out var length);
            if ((current & Space) == None)
            {
                break;
            }

            last = position;
            position += length;
            if ((current & LineEnd) != None)
            {
                afterLineEnd = position;
            }
        }

        return afterLineEnd >= 0 ? afterLineEnd
            : position == text.Length || last == start ? position
            : last;
    }

    private static int ContractionLength(ReadOnlySpan<byte> text, int position)
    {
        if (position + 1 >= text.Length || text[position] != '\'')
        {
            return 0;
        }

        var second = position + 2 < text.Length ? text[position + 2] | 0x20 : 0;
        return (text[position + 1] | 0x20) switch
        {
            's' or 't' or 'm' or 'd' => 2,
            'r' or 'v' when second == 'e' => 3,
            'l' when second == 'l' => 3,
            _ => 0,
        };
    }
}
