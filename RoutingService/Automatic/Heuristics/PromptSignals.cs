using System.Collections.Frozen;
using System.Runtime.CompilerServices;

namespace RoutingService.Automatic.Heuristics;

/// <summary>What one pass over a text finds.</summary>
internal ref struct PromptSignals
{
    /// <summary>What comes first, or in a last short sentence, is what is asked for; what is between them is often the material.</summary>
    private const int LeadingWords = 12;
    private const int LastSentence = 200;
    private const int LongWord = 13;

    private static readonly FrozenDictionary<string, WeightedCue[]>.AlternateLookup<ReadOnlySpan<char>> Words =
        Vocabulary.Words.GetAlternateLookup<ReadOnlySpan<char>>();

    private CueSums _sums;
    private CueSums _leading;

    public int WordCount;

    public int Letters;

    public int Numbers;

    public int Questions;

    /// <summary>Signs that stand in code and hardly in prose.</summary>
    public int CodeSigns;

    /// <summary>Lines that begin like an entry of a list.</summary>
    public int ListLines;

    public int LongWords;

    /// <summary>Examples that lead the way, the one that is to be answered left out.</summary>
    public int Examples;

    /// <summary>Words behind the first colon or line break, where material is given.</summary>
    public int MaterialWords;

    public bool HasFence;

    /// <summary>Operators between numbers, brackets or names of one letter, as in <c>3x + 2</c>.</summary>
    public int Formulas;

    public readonly double this[Cue cue] => _sums[(int)cue];

    public readonly double Leading(Cue cue) => _leading[(int)cue];

    public static PromptSignals Read(ReadOnlySpan<char> text)
    {
        var signals = default(PromptSignals);
        signals.HasFence = text.Contains("```", StringComparison.Ordinal);
        signals.ReadWords(text);
        signals.ReadLines(text);
        if (!Scripts.IsLatin(text))
        {
            signals.ReadFragments(text);
        }

        return signals;
    }

    private void ReadWords(ReadOnlySpan<char> text)
    {
        var inMaterial = false;
        var last = StartOfLastSentence(text);
        for (var i = 0; i < text.Length;)
        {
            if (!char.IsLetterOrDigit(text[i]))
            {
                inMaterial |= text[i] is '\n' || (text[i] == ':' && WordCount > 0);
                ReadSign(text, i);
                i++;
                continue;
            }

            var end = EndOfWord(text, i);
            ReadWord(text[i..end], isLast: i >= last);
            MaterialWords += inMaterial ? 1 : 0;
            i = end;
        }
    }

    private void ReadWord(ReadOnlySpan<char> word, bool isLast)
    {
        WordCount++;
        if (char.IsDigit(word[0]))
        {
            Numbers++;
            return;
        }

        Letters += word.Length;
        if (Words.TryGetValue(word, out var cues))
        {
            foreach (var (cue, weight) in cues)
            {
                Add(cue, weight, isLast || WordCount <= LeadingWords);
            }
        }
        else if (word.Length >= LongWord && char.IsAsciiLetter(word[0]))
        {
            LongWords++;
        }
    }

    private void ReadSign(ReadOnlySpan<char> text, int position)
    {
        switch (text[position])
        {
            case '?' or '？' or '؟':
                Questions++;
                break;
            case '{' or '}' or ';' or '<' or '>' or '=' or '_':
                CodeSigns++;
                break;
            default:
                break;
        }

        if (text[position] is '+' or '*' or '/' or '^' or '=' or '√' or '∫' or '∑' or '≤' or '≥'
            && position > 0 && position + 1 < text.Length && IsOperand(text[..position]) && IsOperand(text[(position + 1)..], first: true))
        {
            Formulas++;
        }
    }

    private void ReadLines(ReadOnlySpan<char> text)
    {
        var (labels, arrows) = (0, 0);
        foreach (var whole in text.EnumerateLines())
        {
            var line = whole.TrimStart();
            if (line.IsEmpty)
            {
                continue;
            }

            if (line[0] is '-' or '*' or '•' || (char.IsDigit(line[0]) && line.Length > 2 && line[..3].IndexOfAny(".)") > 0))
            {
                ListLines++;
            }

            if (StartsExample(line))
            {
                labels++;
            }

            if (line.Length <= 200 && (line.Contains("->", StringComparison.Ordinal) || line.Contains("=>", StringComparison.Ordinal) || line.Contains('→')))
            {
                arrows++;
            }
        }

        Examples = Math.Max(0, Math.Max(labels, HasFence || CodeSigns > 6 ? 0 : arrows) - 1);
    }

    private void ReadFragments(ReadOnlySpan<char> text)
    {
        foreach (var (cue, weight, fragment, capitalized) in Vocabulary.Fragments)
        {
            // To ignore the case of such letters takes twenty times as long.
            var position = text.IndexOf(fragment, StringComparison.Ordinal);
            position = position < 0 && capitalized is not null ? text.IndexOf(capitalized, StringComparison.Ordinal) : position;
            if (position >= 0)
            {
                // Half a dozen words take about as many characters as twelve of them do in scripts without spaces.
                Add(cue, weight, position <= 4 * LeadingWords);
            }
        }

        // A run of such letters without a space was one word until now; two are about one.
        WordCount = Math.Max(WordCount, Letters / 2);
    }

    private void Add(Cue cue, double weight, bool isLeading)
    {
        _sums[(int)cue] += weight;
        if (isLeading)
        {
            _leading[(int)cue] += weight;
        }
    }

    private static int StartOfLastSentence(ReadOnlySpan<char> text)
    {
        var start = text.TrimEnd(" \r\n.!?").LastIndexOfAny("\n.!?") + 1;
        return text.Length - start <= LastSentence ? start : text.Length;
    }

    private static bool StartsExample(ReadOnlySpan<char> line)
        => line.StartsWith("Q:", StringComparison.Ordinal)
            || line.StartsWith("Input", StringComparison.OrdinalIgnoreCase)
            || line.StartsWith("Example", StringComparison.OrdinalIgnoreCase)
            || line.StartsWith("Question:", StringComparison.OrdinalIgnoreCase)
            || line.StartsWith("Text:", StringComparison.OrdinalIgnoreCase)
            || line.StartsWith("Review:", StringComparison.OrdinalIgnoreCase);

    private static bool IsOperand(ReadOnlySpan<char> side, bool first = false)
    {
        var trimmed = side.Trim(' ');
        if (trimmed.IsEmpty)
        {
            return false;
        }

        // A digit, or a letter on its own.
        var near = first ? trimmed[0] : trimmed[^1];
        var next = trimmed.Length == 1 ? ' ' : first ? trimmed[1] : trimmed[^2];
        return char.IsDigit(near) || near is ')' or '(' || (char.IsLetter(near) && !char.IsLetter(next));
    }

    private static int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        var end = start + 1;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || IsInner(text, end)))
        {
            end++;
        }

        // C++ and C# are words.
        while (end < text.Length && end - start <= 3 && text[end] is '+' or '#')
        {
            end++;
        }

        return end;
    }

    private static bool IsInner(ReadOnlySpan<char> text, int position)
        => text[position] is '\'' or '’' && position + 1 < text.Length && char.IsLetter(text[position + 1]);

    [InlineArray((int)Cue.Refer + 1)]
    private struct CueSums
    {
        private double _element;
    }
}
