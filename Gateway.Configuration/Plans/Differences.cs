using System.Text.Json.Nodes;
using Gateway.Configuration.Rules;

namespace Gateway.Configuration.Plans;

/// <summary>What differs between what is wanted and what is, and the fields that make it so.</summary>
internal sealed class Differences
{
    private readonly List<FieldChange> _fields = [];

    public IReadOnlyList<FieldChange> Fields => _fields;

    /// <summary>What is sent.</summary>
    public JsonObject Body { get; } = [];

    /// <summary>The fields of its rules; of a new thing only those that are not as they would be anyway.</summary>
    public static Differences Between(JsonObject wanted, JsonObject? actual, IReadOnlyList<FieldRule> rules)
    {
        var differences = new Differences();
        foreach (var rule in rules.Where(rule => !rule.IsOwn))
        {
            var want = wanted[rule.Name] ?? rule.Default;
            var have = actual is null ? rule.Default : actual[rule.Name];
            if (!JsonValues.AreSame(want, have))
            {
                differences.Add(rule.Name, have, want);
            }
        }

        return differences;
    }

    public void Add(string field, JsonNode? before, JsonNode? after)
    {
        _fields.Add(new FieldChange(field, before?.ToJsonString(), after?.ToJsonString()));
        Body[field] = after?.DeepClone();
    }

    public void AddSecret(string field, JsonNode? after)
    {
        _fields.Add(new FieldChange(field, null, null, IsSecret: true));
        Body[field] = after?.DeepClone();
    }

    /// <summary>A field whose value is sent in another form.</summary>
    public void Show(string field, string? before, string? after)
        => _fields.Add(new FieldChange(field, Quote(before), Quote(after)));

    private static string? Quote(string? text) => text is null ? null : JsonValue.Create(text).ToJsonString();
}
