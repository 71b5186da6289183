namespace Gateway.Configuration.Exports;

/// <summary>Names of variables for secrets, each once, and what they are for.</summary>
internal sealed class VariableNames
{
    private readonly List<(string Name, string Of)> _names = [];

    public IReadOnlyList<(string Name, string Of)> All => _names;

    /// <summary>A reference to a variable that is named by these words.</summary>
    public string Add(string words, string of)
    {
        var name = new string([.. words.Select(character => char.IsAsciiLetterOrDigit(character) ? char.ToUpperInvariant(character) : '_')]);
        name = char.IsAsciiDigit(name[0]) ? "_" + name : name;
        var unique = name;
        for (var number = 2; _names.Any(known => known.Name == unique); number++)
        {
            unique = FormattableString.Invariant($"{name}_{number}");
        }

        _names.Add((unique, of));
        return $"${{env:{unique}}}";
    }
}
