using System.Text.Json;
using System.Text.RegularExpressions;

namespace RoutingService.Prices;

/// <summary>Which models a price is of, by their providers' names: one clause, or several under <c>or</c> and <c>and</c>. Case counts.</summary>
internal sealed class ModelMatch : IEquatable<ModelMatch>
{
    public const int MaxLength = 4000;
    private const int MaxText = 300;
    private const int MaxDepth = 4;
    private const int MaxClauses = 64;

    /// <summary>
    /// No pattern of an operator's can take for ever, as this engine cannot go back; so there is no time limit, which a busy machine would
    /// come to with any pattern.
    /// </summary>
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private readonly string _kind;
    private readonly string _text;
    private readonly IReadOnlyList<ModelMatch> _clauses;

    /// <summary>One takes a third of a megabyte and a moment to make, and is asked about each model once: it need not be kept.</summary>
    private readonly WeakReference<Regex?> _regex = new(null);

    private ModelMatch(string kind, string text, IReadOnlyList<ModelMatch> clauses, string json)
        => (_kind, _text, _clauses, Json) = (kind, text, clauses, json);

    /// <summary>In one way of writing, so that two of the same meaning are mostly the same text.</summary>
    public string Json { get; }

    public static ModelMatch Exactly(string model) => new("equals", model, [], JsonSerializer.Serialize(new Dictionary<string, string> { ["equals"] = model }));

    /// <summary>From an object, or the name of a model; null for what is no match.</summary>
    public static ModelMatch? Read(JsonElement json) => Read(json, 0);

    public static ModelMatch Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Read(document.RootElement) ?? throw new JsonException("This matches no models.");
    }

    /// <summary>It names the model in full.</summary>
    public bool Names(string model) => _kind == "equals" ? string.Equals(_text, model, StringComparison.Ordinal) : _kind == "or" && _clauses.Any(clause => clause.Names(model));

    public bool IsMatch(string model) => _kind switch
    {
        "equals" => string.Equals(model, _text, StringComparison.Ordinal),
        "starts_with" => model.StartsWith(_text, StringComparison.Ordinal),
        "ends_with" => model.EndsWith(_text, StringComparison.Ordinal),
        "contains" => model.Contains(_text, StringComparison.Ordinal),
        "regex" => Compiled().IsMatch(model),
        "or" => _clauses.Any(clause => clause.IsMatch(model)),
        _ => _clauses.All(clause => clause.IsMatch(model)),
    };

    public bool Equals(ModelMatch? other) => other is not null && string.Equals(Json, other.Json, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as ModelMatch);

    public override int GetHashCode() => Json.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Json;

    private Regex Compiled()
    {
        if (!_regex.TryGetTarget(out var regex))
        {
            _regex.SetTarget(regex = new Regex(_text, Options));
        }

        return regex;
    }

    private static ModelMatch? Read(JsonElement json, int depth)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            return TextOf(json) is { } name ? Exactly(name) : null;
        }

        if (json.ValueKind != JsonValueKind.Object || depth > MaxDepth || json.GetPropertyCount() != 1)
        {
            return null;
        }

        var clause = json.EnumerateObject().First();
        switch (clause.Name)
        {
            case "equals" or "starts_with" or "ends_with" or "contains" or "regex":
                return TextOf(clause.Value) is { } text && (clause.Name != "regex" || IsRegex(text))
                    ? new ModelMatch(clause.Name, text, [], JsonSerializer.Serialize(new Dictionary<string, string> { [clause.Name] = text }))
                    : null;
            case "or" or "and" when clause.Value.ValueKind == JsonValueKind.Array && clause.Value.GetArrayLength() is > 0 and <= MaxClauses:
                var clauses = clause.Value.EnumerateArray().Select(inner => Read(inner, depth + 1)).ToList();
                return clauses.Contains(null)
                    ? null
                    : new ModelMatch(clause.Name, "", clauses!, $"{{\"{clause.Name}\":[{string.Join(',', clauses.Select(inner => inner!.Json))}]}}");
            default:
                return null;
        }
    }

    private static string? TextOf(JsonElement json)
        => json.ValueKind == JsonValueKind.String && json.GetString() is { Length: > 0 and <= MaxText } text && !text.Any(char.IsControl) ? text : null;

    private static bool IsRegex(string pattern)
    {
        try
        {
            _ = new Regex(pattern, Options);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
