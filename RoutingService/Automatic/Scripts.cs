namespace RoutingService.Automatic;

/// <summary>Which letters a text is written in; all that can be told of its language for nothing.</summary>
internal static class Scripts
{
    private const char LastLatin = '\u024F';
    private const int Sample = 2000;

    /// <summary>Less than a third of its letters are of another script; a foreign name in a sentence is.</summary>
    public static bool IsLatin(ReadOnlySpan<char> text)
    {
        var (latin, other) = (0, 0);
        foreach (var character in text[..Math.Min(text.Length, Sample)])
        {
            if (char.IsAsciiLetter(character))
            {
                latin++;
            }
            else if (char.IsLetter(character))
            {
                (latin, other) = character <= LastLatin ? (latin + 1, other) : (latin, other + 1);
            }
        }

        return other * 2 <= latin;
    }
}
