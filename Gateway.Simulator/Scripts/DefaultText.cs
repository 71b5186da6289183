namespace Gateway.Simulator.Scripts;

/// <summary>What an unscripted model says: the same words in the same order, one token each.</summary>
internal static class DefaultText
{
    public const int Tokens = 50;

    private static readonly string[] Words = "The simulator answers every question with the same calm and even sentence.".Split(' ');

    public static string[] Pieces(int tokens)
    {
        var pieces = new string[tokens];
        for (var i = 0; i < tokens; i++)
        {
            pieces[i] = i == 0 ? Words[0] : " " + Words[i % Words.Length];
        }

        return pieces;
    }

    /// <summary>The words of <paramref name="text"/>, each with the space before it.</summary>
    public static string[] PiecesOf(string text)
    {
        var pieces = new List<string>();
        var start = 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == ' ' && text[i - 1] != ' ')
            {
                pieces.Add(text[start..i]);
                start = i;
            }
        }

        if (start < text.Length)
        {
            pieces.Add(text[start..]);
        }

        return [.. pieces];
    }
}
