using System.Text.Json.Nodes;

namespace Gateway.Configuration.Rules;

internal enum FieldKind
{
    Text,
    Flag,

    /// <summary>A whole number.</summary>
    Count,

    /// <summary>A number with decimal places; dollars, too.</summary>
    Number,

    /// <summary>ISO 8601, with its offset.</summary>
    Time,

    /// <summary>A list of texts.</summary>
    Texts,

    /// <summary>Texts by name.</summary>
    TextMap,

    /// <summary>Lists of texts by name.</summary>
    TextsMap,

    /// <summary>A mapping with fields of its own.</summary>
    Object,

    /// <summary>A list of such mappings.</summary>
    Objects,

    /// <summary>Such mappings by name.</summary>
    Named,

    /// <summary>A name, or clauses that match names.</summary>
    Match,
}

/// <summary>A field of the file: one rule for the reader, the schema, the plan and the export.</summary>
internal sealed record FieldRule(string Name, FieldKind Kind, string Summary)
{
    /// <summary>What holds where the file says nothing.</summary>
    public JsonNode? Default { get; init; }

    public decimal Min { get; init; }

    public decimal Max { get; init; }

    public int MaxLength { get; init; }

    /// <summary>Null is any text.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>Never in the file itself: by a reference.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Of <see cref="FieldKind.Object"/> and the like.</summary>
    public IReadOnlyList<FieldRule> Fields { get; init; } = [];

    /// <summary>The key of configuration that a setting of processes has.</summary>
    public string? Setting { get; init; }

    /// <summary>The plan takes care of it by itself.</summary>
    public bool IsOwn { get; init; }
}
