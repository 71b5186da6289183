using System.Text.Json.Nodes;

namespace Gateway.Configuration.Rules;

/// <summary>Short ways to write rules.</summary>
internal static class Field
{
    public static FieldRule Text(string name, string summary, int maxLength = 1000) => new(name, FieldKind.Text, summary) { MaxLength = maxLength };

    public static FieldRule Secret(string name, string summary) => Text(name, summary, 10_000) with { IsSecret = true, IsOwn = true };

    public static FieldRule Choice(string name, string summary, params IReadOnlyList<string> choices) => Text(name, summary) with { Choices = choices };

    public static FieldRule Flag(string name, string summary, bool otherwise) => new(name, FieldKind.Flag, summary) { Default = otherwise };

    public static FieldRule Count(string name, string summary, long min, long max) => new(name, FieldKind.Count, summary) { Min = min, Max = max };

    /// <summary>Null is unlimited.</summary>
    public static FieldRule Limit(string name, string summary, long min = 1) => Count(name, summary + " Without it there is no limit.", min, 1_000_000_000_000);

    public static FieldRule Number(string name, string summary, decimal min, decimal max) => new(name, FieldKind.Number, summary) { Min = min, Max = max };

    public static FieldRule Usd(string name, string summary) => Number(name, summary, 0, 1_000_000_000);

    public static FieldRule Time(string name, string summary) => new(name, FieldKind.Time, summary + " ISO 8601 with its offset.");

    public static FieldRule Texts(string name, string summary, params string[] choices)
        => new(name, FieldKind.Texts, summary) { MaxLength = 1000, Choices = choices.Length == 0 ? null : choices };

    public static FieldRule Of(FieldKind kind, string name, string summary, params IReadOnlyList<FieldRule> fields) => new(name, kind, summary) { Fields = fields };

    public static FieldRule Required(this FieldRule rule) => rule with { IsRequired = true };

    public static FieldRule Else(this FieldRule rule, JsonNode otherwise) => rule with { Default = otherwise };

    public static FieldRule As(this FieldRule rule, string setting) => rule with { Setting = setting };
}
