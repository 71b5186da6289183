using System.Text.Json.Nodes;

namespace Gateway.Configuration.Plans;

public enum ChangeKind
{
    Create,
    Update,
    Delete,
}

/// <summary>One thing that is to be changed.</summary>
/// <param name="Type">provider, credential, deployment, model, project, key or price.</param>
/// <param name="Fields">What differs; of a thing that is made, what it is given.</param>
public sealed record ConfigurationChange(ChangeKind Kind, string Type, string Name, IReadOnlyList<FieldChange> Fields)
{
    internal HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>May have names in braces, whose ids are known when it is made.</summary>
    internal string Path { get; init; } = "";

    internal JsonObject? Body { get; init; }

    /// <summary>Of <see cref="Body"/>: its name, and the name of the project whose id it gets.</summary>
    internal string? Project { get; init; }

    /// <summary>The lowest goes first: what others lead to is there before them, and goes after them.</summary>
    internal int Order { get; init; }

    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()} {Type} '{Name}'";
}

/// <param name="Before">JSON; null for nothing, and for secrets.</param>
/// <param name="After">JSON; null for nothing, and for secrets.</param>
public sealed record FieldChange(string Field, string? Before, string? After, bool IsSecret = false)
{
    public override string ToString() => IsSecret ? $"{Field}: (secret) changed" : $"{Field}: {Before ?? "null"} -> {After ?? "null"}";
}
