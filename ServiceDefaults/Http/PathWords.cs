using System.Buffers;

namespace ServiceDefaults.Http;

/// <summary>
/// What may be told of a path that somebody else has written: words as our own and the providers' paths have them, versions and ids. Anything
/// else may be a secret or a prompt that was put into the wrong place.
/// </summary>
public static class PathWords
{
    private const int MaxLength = 100;
    private const int MaxWord = 20;
    private const string Untold = "…";

    private static readonly SearchValues<char> Rest = SearchValues.Create("0123456789.abet");

    public static string Tell(string? path)
    {
        var words = (path ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries).Select(word => IsWord(word) || IsVersion(word) || Guid.TryParse(word, out _) ? word : Untold);
        var told = "/" + string.Join('/', words);
        return told.Length <= MaxLength ? told : told[..MaxLength] + Untold;
    }

    private static bool IsWord(string word) => word.Length <= MaxWord && word.All(character => char.IsAsciiLetterLower(character) || character is '-' or '_');

    /// <summary>As in <c>/v1</c> and <c>/v1beta</c>.</summary>
    private static bool IsVersion(string word) => word.Length is >= 2 and <= 8 && word[0] == 'v' && char.IsAsciiDigit(word[1]) && !word.AsSpan(2).ContainsAnyExcept(Rest);
}
