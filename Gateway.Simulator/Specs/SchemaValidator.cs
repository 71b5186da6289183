using System.Text.Json;

namespace Gateway.Simulator.Specs;

/// <summary>
/// Does a value fit a schema of OpenAPI 3.0 or 3.1? The keywords are those that the vendors use. <c>oneOf</c> is read as <c>anyOf</c>: where
/// unknown fields are allowed, the vendors' alternatives overlap.
/// </summary>
internal sealed class SchemaValidator(SchemaSet set, bool closed)
{
    private static readonly string[] Tags = ["type", "role", "object"];

    /// <summary>A schema without any of them says nothing of an object's fields.</summary>
    private static readonly string[] Naming = ["properties", "additionalProperties", "$ref", "allOf", "anyOf", "oneOf"];

    public IReadOnlyList<SpecViolation> Validate(JsonElement schema, JsonElement value)
    {
        var violations = new List<SpecViolation>();
        CheckWhole(schema, value, "$", violations);
        return violations;
    }

    /// <summary>All that is said of a value; then, of a closed object, what nobody has named.</summary>
    private void CheckWhole(JsonElement schema, JsonElement value, string path, List<SpecViolation> violations)
    {
        var known = new KnownFields();
        Check(schema, value, path, violations, known);
        if (!closed || known.IsOpen || value.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in value.EnumerateObject().Where(property => !known.Names.Contains(property.Name)))
        {
            violations.Add(new SpecViolation($"{path}.{property.Name}", "is a field that the description does not know"));
        }
    }

    private void Check(JsonElement schema, JsonElement value, string path, List<SpecViolation> violations, KnownFields known)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            known.IsOpen |= schema.ValueKind == JsonValueKind.True;
            return;
        }

        if (value.ValueKind == JsonValueKind.Null && Find(schema, "nullable") is { ValueKind: JsonValueKind.True })
        {
            return;
        }

        if (Find(schema, "$ref") is { } reference)
        {
            Check(set.Follow(reference.GetString()!), value, path, violations, known);
        }

        foreach (var part in Items(schema, "allOf"))
        {
            Check(part, value, path, violations, known);
        }

        CheckAlternatives(schema, "anyOf", value, path, violations, known);
        CheckAlternatives(schema, "oneOf", value, path, violations, known);
        if (!CheckType(schema, value, path, violations))
        {
            return;
        }

        CheckConstants(schema, value, path, violations);
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                CheckObject(schema, value, path, violations, known);
                break;
            case JsonValueKind.Array:
                CheckArray(schema, value, path, violations);
                break;
            case JsonValueKind.String:
                CheckString(schema, value.GetString()!, path, violations);
                break;
            case JsonValueKind.Number:
                CheckNumber(schema, value.GetDouble(), path, violations);
                break;
        }
    }

    private void CheckAlternatives(
        JsonElement schema, string keyword, JsonElement value, string path, List<SpecViolation> violations, KnownFields known)
    {
        var alternatives = Items(schema, keyword).ToArray();
        if (alternatives.Length == 0)
        {
            return;
        }

        if (FindNamed(schema, value) is { } named)
        {
            Check(named, value, path, violations, known);
            return;
        }

        List<SpecViolation>? nearest = null;
        var fits = false;
        foreach (var alternative in alternatives)
        {
            var found = new List<SpecViolation>();
            var knownHere = new KnownFields();
            Check(alternative, value, path, found, knownHere);
            if (found.Count == 0)
            {
                fits = true;
                known.Add(knownHere);
            }
            else if (nearest is null || IsNearer(found, nearest, path))
            {
                nearest = found;
            }
        }

        if (!fits)
        {
            violations.AddRange(nearest!.Select(violation => violation with { Message = $"{violation.Message} (nearest of {alternatives.Length})" }));

            // What is wrong has been said; that its fields are unknown besides would be said of all of them.
            known.IsOpen = true;
        }
    }

    /// <summary>The alternative that was meant is the one whose tag fits; then the one with the least wrong.</summary>
    private static bool IsNearer(List<SpecViolation> found, List<SpecViolation> nearest, string path)
    {
        var (isWrongKind, nearestIsWrongKind) = (IsWrongKind(found, path), IsWrongKind(nearest, path));
        return isWrongKind == nearestIsWrongKind ? found.Count < nearest.Count : nearestIsWrongKind;
    }

    private static bool IsWrongKind(List<SpecViolation> found, string path)
        => found.Exists(violation => violation.Path == path && violation.Message.StartsWith("must be ", StringComparison.Ordinal)
            || Array.Exists(Tags, tag => violation.Path == $"{path}.{tag}"));

    /// <summary>The alternative that a discriminator's mapping names.</summary>
    private JsonElement? FindNamed(JsonElement schema, JsonElement value)
        => value.ValueKind == JsonValueKind.Object
            && Find(schema, "discriminator") is { } discriminator
            && Find(discriminator, "mapping") is { } mapping
            && Find(value, Find(discriminator, "propertyName")!.Value.GetString()!) is { ValueKind: JsonValueKind.String } tag
            && Find(mapping, tag.GetString()!) is { } reference
                ? set.Follow(reference.GetString()!)
                : null;

    private static bool CheckType(JsonElement schema, JsonElement value, string path, List<SpecViolation> violations)
    {
        if (Find(schema, "type") is not { } type
            || (type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Any(one => IsOf(one.GetString()!, value)) : IsOf(type.GetString()!, value)))
        {
            return true;
        }

        violations.Add(new SpecViolation(path, $"must be {type.GetRawText()}, not {value.ValueKind}"));
        return false;
    }

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && number == decimal.Truncate(number),
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };

    private static void CheckConstants(JsonElement schema, JsonElement value, string path, List<SpecViolation> violations)
    {
        if (Find(schema, "const") is { } constant && !JsonElement.DeepEquals(constant, value))
        {
            violations.Add(new SpecViolation(path, $"must be {constant.GetRawText()}, not {Shorten(value)}"));
        }

        if (Find(schema, "enum") is { } values && !values.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)))
        {
            violations.Add(new SpecViolation(path, $"must be one of {values.GetRawText()}, not {Shorten(value)}"));
        }
    }

    private void CheckObject(JsonElement schema, JsonElement value, string path, List<SpecViolation> violations, KnownFields known)
    {
        foreach (var name in Items(schema, "required"))
        {
            if (Find(value, name.GetString()!) is null)
            {
                violations.Add(new SpecViolation($"{path}.{name.GetString()}", "is missing"));
            }
        }

        CheckCount(schema, "minProperties", "maxProperties", value.EnumerateObject().Count(), "fields", path, violations);
        var properties = Find(schema, "properties");
        var additional = Find(schema, "additionalProperties");
        foreach (var property in value.EnumerateObject())
        {
            if (properties is { } named && Find(named, property.Name) is { } itsSchema)
            {
                known.Names.Add(property.Name);
                CheckWhole(itsSchema, property.Value, $"{path}.{property.Name}", violations);
            }
            else if (additional is { ValueKind: JsonValueKind.Object } rest)
            {
                known.Names.Add(property.Name);
                CheckWhole(rest, property.Value, $"{path}.{property.Name}", violations);
            }
            else if (additional is { ValueKind: JsonValueKind.False })
            {
                known.Names.Add(property.Name);
                violations.Add(new SpecViolation($"{path}.{property.Name}", "is a field that the description forbids"));
            }
        }

        known.IsOpen |= additional is { ValueKind: JsonValueKind.True } || Array.TrueForAll(Naming, keyword => Find(schema, keyword) is null);
    }

    private void CheckArray(JsonElement schema, JsonElement value, string path, List<SpecViolation> violations)
    {
        CheckCount(schema, "minItems", "maxItems", value.GetArrayLength(), "items", path, violations);
        if (Find(schema, "items") is not { } itemSchema)
        {
            return;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            CheckWhole(itemSchema, item, $"{path}[{index++}]", violations);
        }
    }

    private void CheckString(JsonElement schema, string text, string path, List<SpecViolation> violations)
    {
        CheckCount(schema, "minLength", "maxLength", text.EnumerateRunes().Count(), "characters", path, violations);
        if (Find(schema, "pattern") is { ValueKind: JsonValueKind.String } pattern && !set.IsMatch(pattern.GetString()!, text))
        {
            violations.Add(new SpecViolation(path, $"must match {pattern.GetString()}"));
        }
    }

    private static void CheckNumber(JsonElement schema, double number, string path, List<SpecViolation> violations)
    {
        if (Bound(schema, "minimum") is { } least && (IsTrue(schema, "exclusiveMinimum") ? number <= least : number < least)
            || Bound(schema, "exclusiveMinimum") is { } above && number <= above)
        {
            violations.Add(new SpecViolation(path, "is too small"));
        }

        if (Bound(schema, "maximum") is { } most && (IsTrue(schema, "exclusiveMaximum") ? number >= most : number > most)
            || Bound(schema, "exclusiveMaximum") is { } below && number >= below)
        {
            violations.Add(new SpecViolation(path, "is too large"));
        }
    }

    private static void CheckCount(
        JsonElement schema, string least, string most, int count, string what, string path, List<SpecViolation> violations)
    {
        if (Bound(schema, least) is { } min && count < min)
        {
            violations.Add(new SpecViolation(path, $"must have {min} {what} or more, not {count}"));
        }

        if (Bound(schema, most) is { } max && count > max)
        {
            violations.Add(new SpecViolation(path, $"must have {max} {what} at most, not {count}"));
        }
    }

    private static double? Bound(JsonElement schema, string keyword)
        => Find(schema, keyword) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;

    private static bool IsTrue(JsonElement schema, string keyword) => Find(schema, keyword) is { ValueKind: JsonValueKind.True };

    private static JsonElement.ArrayEnumerator Items(JsonElement schema, string keyword)
        => Find(schema, keyword) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : default;

    private static JsonElement? Find(JsonElement owner, string name)
        => owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) ? value : null;

    private static string Shorten(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 60 ? text : $"{text[..60]}…";
    }

    /// <summary>The fields of one object that a schema names.</summary>
    private sealed class KnownFields
    {
        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

        /// <summary>Fields may have any name.</summary>
        public bool IsOpen { get; set; }

        public void Add(KnownFields other)
        {
            Names.UnionWith(other.Names);
            IsOpen |= other.IsOpen;
        }
    }
}
