using Gateway.Llm.Canonical;

namespace Tests.Llm;

/// <summary>Parts by what they say: a record compares its lists by reference.</summary>
internal sealed class PartComparer : IEqualityComparer<LlmPart>
{
    public static PartComparer Instance { get; } = new();

    public bool Equals(LlmPart? one, LlmPart? other) => Text(one) == Text(other);

    public int GetHashCode(LlmPart part) => Text(part).GetHashCode(StringComparison.Ordinal);

    public static string Text(LlmPart? part) => part switch
    {
        TextPart text => $"{text with { Citations = [] }}",
        ToolResultPart result => $"{result with { Content = [] }} {string.Join(' ', result.Content.Select(Text))}",
        _ => $"{part}",
    };
}
