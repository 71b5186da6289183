namespace Gateway.Configuration.Yaml;

/// <summary>A piece of a document, and where it stands.</summary>
internal abstract record YamlNode(int Line, int Column)
{
    /// <summary>How many pieces it has, itself with them; what an alias repeats is counted each time.</summary>
    public abstract int Size { get; }
}

/// <param name="IsPlain">It stands without quotation marks, and so may be a number, a truth value or null.</param>
internal sealed record YamlScalar(string Value, bool IsPlain, int Line, int Column) : YamlNode(Line, Column)
{
    public override int Size => 1;

    public bool IsNull => IsPlain && Value is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed record YamlList(IReadOnlyList<YamlNode> Items, int Line, int Column) : YamlNode(Line, Column)
{
    public override int Size { get; } = 1 + Items.Sum(item => item.Size);
}

internal sealed record YamlMap(IReadOnlyList<(YamlScalar Name, YamlNode Value)> Entries, int Line, int Column) : YamlNode(Line, Column)
{
    public override int Size { get; } = 1 + Entries.Sum(entry => 1 + entry.Value.Size);

    public YamlNode? Find(string name) => Entries.FirstOrDefault(entry => entry.Name.Value == name).Value;
}
