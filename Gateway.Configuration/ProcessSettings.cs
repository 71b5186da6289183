using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Configuration.Rules;

namespace Gateway.Configuration;

/// <summary>Sections of the file that are configuration of the processes.</summary>
internal static class ProcessSettings
{
    /// <summary>The keys whose values are not shown.</summary>
    public static IReadOnlyList<string> Secrets { get; } = [.. Settings(FileRules.Sections).Where(rule => rule.IsSecret).Select(rule => rule.Setting!)];

    public static Dictionary<string, string?> Of(JsonObject content)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
        Add(content, FileRules.Sections, settings);
        return settings;
    }

    private static void Add(JsonObject content, IReadOnlyList<FieldRule> rules, Dictionary<string, string?> settings)
    {
        foreach (var rule in rules)
        {
            if (content[rule.Name] is not { } value)
            {
                continue;
            }

            if (rule is { Kind: FieldKind.TextsMap, Setting: { } lists })
            {
                foreach (var (name, list) in value.AsObject())
                {
                    var index = 0;
                    foreach (var item in list!.AsArray())
                    {
                        settings[string.Create(CultureInfo.InvariantCulture, $"{lists}:{name}:{index++}")] = item!.ToString();
                    }
                }
            }
            else if (rule.Setting is { } setting)
            {
                // As options are named: token_length is TokenLength.
                settings[setting] = rule.Choices is null || !setting.StartsWith("Routing:", StringComparison.Ordinal) ? value.ToString() : value.ToString().Replace("_", "", StringComparison.Ordinal);
            }
            else if (rule is { Kind: FieldKind.Object } && value is JsonObject inner)
            {
                Add(inner, rule.Fields, settings);
            }
        }
    }

    private static IEnumerable<FieldRule> Settings(IReadOnlyList<FieldRule> rules)
        => rules.Where(rule => rule.Kind == FieldKind.Object || rule.Setting is not null)
            .SelectMany(rule => rule.Setting is null ? Settings(rule.Fields) : [rule]);
}
