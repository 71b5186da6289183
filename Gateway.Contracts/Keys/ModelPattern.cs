namespace Gateway.Contracts.Keys;

/// <summary>A model's name as a key's rules write it: exact, or the start of names before a trailing <c>*</c>.</summary>
public static class ModelPattern
{
    public const int MaxLength = 200;

    /// <summary>What a call without a model asks for.</summary>
    private const string Automatic = "auto";

    public static bool IsValid(string pattern)
        => pattern.Length is > 0 and <= MaxLength && pattern.AsSpan(0, pattern.Length - 1).IndexOf('*') < 0
            && !pattern.Contains('|', StringComparison.Ordinal) && !pattern.Any(character => char.IsControl(character) || char.IsWhiteSpace(character));

    public static bool Matches(string pattern, ReadOnlySpan<char> model, StringComparison comparison = StringComparison.Ordinal)
        => pattern.EndsWith('*') ? model.StartsWith(pattern.AsSpan(0, pattern.Length - 1), comparison) : model.Equals(pattern, comparison);

    /// <summary><c>a|b</c> names two models, and a rule must hold for each of them: <c>a*</c> alone does not let <c>a|b</c> through.</summary>
    public static IEnumerable<string> Candidates(string model)
    {
        var names = model.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Length == 0 ? [Automatic] : names;
    }
}
