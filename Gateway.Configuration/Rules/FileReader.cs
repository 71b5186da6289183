using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Configuration.References;
using Gateway.Configuration.Yaml;

namespace Gateway.Configuration.Rules;

/// <summary>Reads a tree by the rules into JSON as the admin API has it. All that is wrong is told, each with its place.</summary>
internal sealed class FileReader(ReferenceSource references, List<ConfigurationFault> faults)
{
    private const string Budgets = "budgets";

    /// <param name="ofProcesses">Only what processes read when they start.</param>
    public JsonObject Read(YamlNode root, bool ofProcesses)
    {
        var sections = ofProcesses ? [.. FileRules.Sections.Where(rule => rule.Fields.Any(field => field.Setting is not null))] : FileRules.Sections;
        var result = new JsonObject();
        if (root is not YamlMap map)
        {
            if (root is not YamlScalar { IsNull: true })
            {
                Fault(root, "", $"A file has sections: {string.Join(", ", FileRules.Sections.Select(rule => rule.Name))}.");
            }

            return result;
        }

        ReadFields(map, "", sections, result, ignoresUnknown: ofProcesses);
        return result;
    }

    private void ReadFields(YamlMap map, string path, IReadOnlyList<FieldRule> rules, JsonObject result, bool ignoresUnknown = false)
    {
        foreach (var (name, value) in map.Entries)
        {
            if (rules.FirstOrDefault(rule => rule.Name == name.Value) is { } rule)
            {
                if (value is not YamlScalar { IsNull: true } && Read(value, Join(path, rule.Name), rule) is { } read)
                {
                    result[rule.Name] = read;
                }
            }
            else if (!ignoresUnknown)
            {
                Fault(name, Join(path, name.Value), Unknown(name.Value, path, rules));
            }
        }

        foreach (var rule in rules.Where(rule => rule.IsRequired && map.Find(rule.Name) is null or YamlScalar { IsNull: true }))
        {
            Fault(map, Join(path, rule.Name), "Required.");
        }
    }

    private JsonNode? Read(YamlNode node, string path, FieldRule rule) => rule.Kind switch
    {
        FieldKind.Texts => ReadList(node, path, "text", (item, at) => ReadText(item, at, rule)),
        FieldKind.TextMap => ReadNamed(node, path, (value, at) => ReadText(value, at, rule with { MaxLength = 10_000 })),
        FieldKind.TextsMap => ReadNamed(node, path, (value, at) => ReadList(value, at, "text", (item, inner) => ReadText(item, inner, rule with { MaxLength = 1000 }))),
        FieldKind.Object => ReadObject(node, path, rule.Fields),
        FieldKind.Objects => ReadList(node, path, "mappings", (item, at) => ReadObject(item, at, rule.Fields)),
        FieldKind.Named => ReadNamed(node, path, (value, at) => ReadObject(value is YamlScalar { IsNull: true } ? new YamlMap([], value.Line, value.Column) : value, at, rule.Fields)),
        FieldKind.Match => ReadMatch(node, path),
        _ => ReadScalar(node, path, rule),
    };

    private JsonObject? ReadObject(YamlNode node, string path, IReadOnlyList<FieldRule> rules)
    {
        if (node is not YamlMap map)
        {
            Fault(node, path, $"A mapping of {string.Join(", ", rules.Select(rule => rule.Name))}.");
            return null;
        }

        var result = new JsonObject();
        ReadFields(map, path, rules, result);
        return result;
    }

    private JsonObject? ReadNamed(YamlNode node, string path, Func<YamlNode, string, JsonNode?> read)
    {
        if (node is not YamlMap map)
        {
            Fault(node, path, "A mapping by name.");
            return null;
        }

        var result = new JsonObject();
        foreach (var (name, value) in map.Entries)
        {
            if (string.IsNullOrWhiteSpace(name.Value))
            {
                Fault(name, path, "A name is missing.");
            }
            else if (read(value, Join(path, name.Value)) is { } item)
            {
                result[name.Value] = item;
            }
        }

        return result;
    }

    private JsonArray? ReadList(YamlNode node, string path, string what, Func<YamlNode, string, JsonNode?> read)
    {
        if (node is not YamlList list)
        {
            Fault(node, path, $"A list of {what}.");
            return null;
        }

        return [.. list.Items.Select((item, index) => read(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]")))];
    }

    /// <summary>A name, or clauses within clauses: only their form is looked at here.</summary>
    private JsonNode? ReadMatch(YamlNode node, string path) => node switch
    {
        YamlScalar => ReadText(node, path, FileRules.Price[0] with { MaxLength = 300 }),
        YamlList => ReadList(node, path, "clauses", ReadMatch),
        _ => ReadNamed(node, path, ReadMatch),
    };

    private JsonNode? ReadText(YamlNode node, string path, FieldRule rule) => ReadScalar(node, path, rule with { Kind = FieldKind.Text });

    private JsonNode? ReadScalar(YamlNode node, string path, FieldRule rule)
    {
        if (node is not YamlScalar scalar)
        {
            Fault(node, path, $"{Expected(rule)}, and no list or mapping.");
            return null;
        }

        if (rule.IsSecret && !ReferenceText.HasReference(scalar.Value))
        {
            Fault(node, path, "A secret does not stand in the file: write ${env:NAME} or ${file:PATH}.");
            return null;
        }

        var isWrong = false;
        var text = ReferenceText.Resolve(scalar.Value, references, message =>
        {
            isWrong = true;
            Fault(node, path, message);
        });
        if (isWrong)
        {
            return null;
        }

        // In a flow mapping a reference needs quotation marks, and is no text for that.
        if (Parse(text, scalar.IsPlain || ReferenceText.HasReference(scalar.Value), rule) is not { } value)
        {
            // What was resolved may be a secret that came to the wrong place.
            Fault(node, path, Expected(rule) + "." + (rule.Choices is { } choices && Nearest(text, choices) is { } near ? $" Did you mean '{near}'?" : ""));
            return null;
        }

        return value;
    }

    private static JsonNode? Parse(string text, bool isPlain, FieldRule rule) => rule.Kind switch
    {
        FieldKind.Flag => isPlain && text is "true" or "false" ? text == "true" : null,
        FieldKind.Count => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) && count >= rule.Min && count <= rule.Max ? count : null,
        FieldKind.Number => decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            && number >= rule.Min && number <= rule.Max ? number : null,
        FieldKind.Time => JsonValues.Time(text) is not null && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal)) ? text : null,
        _ => text.Length <= rule.MaxLength && (rule.Choices is null || rule.Choices.Contains(text)) ? text : null,
    };

    private static string Expected(FieldRule rule) => rule switch
    {
        { Kind: FieldKind.Flag } => "true or false",
        { Kind: FieldKind.Count } => string.Create(CultureInfo.InvariantCulture, $"A whole number from {rule.Min} to {rule.Max}"),
        { Kind: FieldKind.Number } => string.Create(CultureInfo.InvariantCulture, $"A number from {rule.Min} to {rule.Max}"),
        { Kind: FieldKind.Time } => "A time with its offset from UTC, like 2027-01-31T00:00:00Z",
        { Choices: { } choices } => $"One of {string.Join(", ", choices)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"Text of at most {rule.MaxLength} characters"),
    };

    private static string Unknown(string name, string path, IReadOnlyList<FieldRule> rules)
    {
        if (path.Length == 0 && name == Budgets)
        {
            return "There is no such section: a budget is a field of a project or a key (budget_limit, budget_period).";
        }

        return Nearest(name, rules.Select(rule => rule.Name)) is { } near
            ? $"There is no such field. Did you mean '{near}'?"
            : $"There is no such field. There are: {string.Join(", ", rules.Select(rule => rule.Name))}.";
    }

    private static string? Nearest(string word, IEnumerable<string> words)
        => word.Length > 60 ? null : words.Select(other => (Word: other, Distance: Distance(word, other)))
            .Where(pair => pair.Distance <= Math.Max(1, pair.Word.Length / 3))
            .OrderBy(pair => pair.Distance).Select(pair => pair.Word).FirstOrDefault();

    /// <summary>Levenshtein's.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            (var diagonal, row[0]) = (row[0], i);
            for (var j = 1; j <= other.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }

    private static string Join(string path, string name)
    {
        var isPlain = name.Length > 0 && name.All(character => char.IsLetterOrDigit(character) || character is '_' or '-' or '/');
        return !isPlain ? $"{path}['{name}']" : path.Length == 0 ? name : $"{path}.{name}";
    }

    private void Fault(YamlNode node, string path, string message) => faults.Add(new ConfigurationFault(path, message, node.Line, node.Column));
}
