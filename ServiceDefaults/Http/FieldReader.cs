using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ServiceDefaults.Http;

/// <summary>
/// Reads a JSON object field by field onto something that has values already: an absent field changes nothing, null clears. All that is
/// wrong is gathered, so that the caller learns it at once, and what is wrong changes nothing.
/// </summary>
public sealed class FieldReader
{
    private const decimal MaxUsd = 1_000_000_000;

    private readonly Dictionary<string, JsonElement> _fields;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _faults;
    private readonly string _path;
    private readonly FieldSchema? _schema;

    private FieldReader(Dictionary<string, JsonElement> fields, Dictionary<string, string> faults, string path, string json = "{}")
        => (_fields, _faults, _path, Json) = (fields, faults, path, json);

    private FieldReader(FieldSchema schema)
        : this([], new Dictionary<string, string>(StringComparer.Ordinal), "")
        => _schema = schema;

    /// <summary>What is read, as it was sent; of an object within another.</summary>
    public string Json { get; }

    /// <summary>No body at all is an object without fields.</summary>
    public static async Task<FieldReader> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
    }

    public static FieldReader Parse(ReadOnlyMemory<byte> json)
    {
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json.IsEmpty)
        {
            return new FieldReader([], faults, "");
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new FieldReader(FieldsOf(document.RootElement.Clone()), faults, "");
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Answered below; the parser's words may quote the body. The second is a name with half of a surrogate pair.
        }

        faults[""] = "The body must be one JSON object without duplicate fields.";
        return new FieldReader([], faults, "");
    }

    /// <summary>
    /// The JSON schema of what <paramref name="read"/> reads: it is run without a body, and each field that it asks for says what it may be. So
    /// the description of a body is the code that reads it.
    /// </summary>
    public static JsonObject Describe(Action<FieldReader> read)
    {
        var schema = new FieldSchema();
        read(new FieldReader(schema));
        return schema.ToJson();
    }

    /// <summary>To be asked when all fields are read: those that nobody read are unknown.</summary>
    public ProblemHttpResult? Problem() => FindFaults() is { Count: > 0 } faults ? AdminProblem.Invalid(faults) : null;

    /// <summary>What <see cref="Problem"/> tells, for whoever answers nobody: the message of each wrong field.</summary>
    public IReadOnlyDictionary<string, string> FindFaults()
    {
        RejectUnknown();
        return _faults;
    }

    public void Fault(string name, string message) => _faults.TryAdd(_path + name, message);

    public void Require(string name)
    {
        _schema?.Require(name);
        if (!_fields.ContainsKey(name) && !_faults.ContainsKey(""))
        {
            Fault(name, "Required.");
        }
    }

    /// <summary>A line of text that cannot be null.</summary>
    public void Name(string name, int maxLength, Action<string> set)
    {
        _schema?.Add(name, "string", isNullable: false, ("minLength", 1), ("maxLength", maxLength));
        if (TryTake(name, out var value))
        {
            if (TextOf(value) is { } text && !string.IsNullOrWhiteSpace(text) && text.Length <= maxLength && !text.Any(char.IsControl))
            {
                set(text);
            }
            else
            {
                Fault(name, $"1 to {maxLength} characters, without control characters.");
            }
        }
    }

    public void Text(string name, int maxLength, Action<string?> set)
    {
        _schema?.Add(name, "string", isNullable: true, ("maxLength", maxLength));
        Nullable(name, set, value => TextOf(value) is { } text && text.Length <= maxLength && !text.Any(character => char.IsControl(character) && character is not ('\n' or '\r' or '\t'))
            ? text
            : Wrong<string>(name, $"Text of at most {maxLength} characters, or null."));
    }

    public void Flag(string name, Action<bool> set)
    {
        _schema?.Add(name, "boolean", isNullable: false);
        if (TryTake(name, out var value))
        {
            if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                set(value.GetBoolean());
            }
            else
            {
                Fault(name, "true or false.");
            }
        }
    }

    public void Count(string name, long min, long max, Action<long?> set)
    {
        _schema?.Add(name, "integer", isNullable: true, ("minimum", min), ("maximum", max));
        Nullable<long?>(name, set, value => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max
            ? number
            : Wrong<long?>(name, $"A whole number from {min} to {max}, or null."));
    }

    public void Number(string name, decimal min, decimal max, Action<decimal?> set, int decimals = 6)
    {
        _schema?.Add(name, "number", isNullable: true, ("minimum", min), ("maximum", max), ("description", $"At most {decimals} decimal places."));
        Nullable<decimal?>(name, set, value => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && number >= min && number <= max && decimal.Round(number, decimals) == number
            ? number
            : Wrong<decimal?>(name, $"A number from {min} to {max} with at most {decimals} decimal places, or null."));
    }

    /// <summary>A value as it is, for who reads it by itself.</summary>
    public void Raw(string name, Action<JsonElement> set)
    {
        _schema?.AddAny(name);
        if (TryTake(name, out var value))
        {
            set(value);
        }
    }

    /// <summary>Decimal dollars, as exact as they are kept.</summary>
    public void Usd(string name, Action<NanoUsd?> set)
    {
        _schema?.Add(name, "number", isNullable: true, ("minimum", 0), ("maximum", MaxUsd), ("description", "US dollars with at most 9 decimal places."));
        Nullable<NanoUsd?>(name, set, value => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var usd) && usd is >= 0 and <= MaxUsd && decimal.Round(usd, 9) == usd
            ? NanoUsd.FromUsd(usd)
            : Wrong<NanoUsd?>(name, $"Dollars from 0 to {MaxUsd} with at most 9 decimal places, or null."));
    }

    public void Time(string name, Action<DateTime?> set)
    {
        _schema?.Add(name, "string", isNullable: true, ("format", "date-time"));
        Nullable<DateTime?>(name, set, value => TextOf(value) is { } text && HasOffset(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time.UtcDateTime
            : Wrong<DateTime?>(name, "A time with its offset from UTC as in ISO 8601 (2027-01-31T00:00:00Z), or null."));
    }

    public void Id(string name, Action<Guid?> set)
    {
        _schema?.Add(name, "string", isNullable: true, ("format", "uuid"));
        Nullable<Guid?>(name, set, value =>
            TextOf(value) is { } text && Guid.TryParseExact(text, "D", out var id) ? id : Wrong<Guid?>(name, "An id, or null."));
    }

    public void Choice<T>(string name, IReadOnlyDictionary<string, T> choices, Action<T?> set)
        where T : struct
    {
        _schema?.Add(name, "string", isNullable: true, ("enum", new JsonArray([.. choices.Keys.Select(choice => (JsonNode?)choice), null])));
        Nullable<T?>(name, set, value => TextOf(value) is { } text && choices.TryGetValue(text, out var choice)
            ? choice
            : Wrong<T?>(name, $"One of {string.Join(", ", choices.Keys)}, or null."));
    }

    /// <summary>Null, or a list that is not empty: an empty one could be read as none and as all.</summary>
    public void Texts(string name, int maxCount, Func<string, bool> isValid, string what, Action<IReadOnlyList<string>?> set)
    {
        _schema?.Add(
            name, "array", isNullable: true, ("minItems", 1), ("maxItems", maxCount), ("items", new JsonObject { ["type"] = "string" }), ("description", $"A list of {what}."));
        Nullable(name, set, value =>
            value.ValueKind == JsonValueKind.Array && value.GetArrayLength() is > 0 and var count && count <= maxCount
                && value.EnumerateArray().Select(TextOf).ToList() is var texts && texts.All(text => text is not null && isValid(text))
                    ? texts.Distinct(StringComparer.Ordinal).ToList()!
                    : Wrong<IReadOnlyList<string>>(name, $"A list of 1 to {maxCount} {what}, or null."));
    }

    /// <summary>Names and texts.</summary>
    public void TextMap(string name, Action<Dictionary<string, string>?> set)
    {
        _schema?.Add(name, "object", isNullable: true, ("additionalProperties", new JsonObject { ["type"] = "string" }));
        Nullable(name, set, value => value.ValueKind == JsonValueKind.Object && FieldsOf(value).ToDictionary(field => field.Key, field => TextOf(field.Value)) is var texts
            && texts.Values.All(text => text is not null)
                ? texts!
                : Wrong<Dictionary<string, string>>(name, "An object of texts, or null."));
    }

    /// <summary>An object's fields; null where the object is null.</summary>
    public void Object(string name, Action<FieldReader?> read)
    {
        _schema?.AddObject(name, inner => read(new FieldReader(inner)));
        if (!TryTake(name, out var value))
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            read(null);
        }
        else if (Nested(value, $"{name}.") is { } fields)
        {
            read(fields);
            fields.RejectUnknown();
        }
        else
        {
            Fault(name, "An object, or null.");
        }
    }

    /// <summary>A list of objects; null is the empty list.</summary>
    public void Objects<T>(string name, int maxCount, Func<FieldReader, T> read, Action<IReadOnlyList<T>> set)
    {
        _schema?.AddObjects(name, maxCount, inner => read(new FieldReader(inner)));
        if (!TryTake(name, out var value))
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            set([]);
            return;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > maxCount)
        {
            Fault(name, $"A list of at most {maxCount} objects, or null.");
            return;
        }

        var items = new List<T>();
        foreach (var element in value.EnumerateArray())
        {
            var path = $"{name}[{items.Count}]";
            if (Nested(element, path + ".") is not { } fields)
            {
                Fault(path, "An object.");
                return;
            }

            items.Add(read(fields));
            fields.RejectUnknown();
        }

        set(items);
    }

    private static Dictionary<string, JsonElement> FieldsOf(JsonElement element)
        => element.EnumerateObject().ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal);

    private static bool HasOffset(string text)
        => text.IndexOf('T', StringComparison.Ordinal) is > 0 and var time
            && (text.EndsWith('Z') || text.AsSpan(time).IndexOfAny('+', '-') > 0);

    /// <summary>Null for what is no text, a lone half of a surrogate pair included.</summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private FieldReader? Nested(JsonElement element, string path)
        => element.ValueKind == JsonValueKind.Object ? new FieldReader(FieldsOf(element), _faults, _path + path, element.GetRawText()) : null;

    private bool TryTake(string name, out JsonElement value)
    {
        _known.Add(name);
        return _fields.TryGetValue(name, out value);
    }

    private void Nullable<T>(string name, Action<T?> set, Func<JsonElement, T?> read)
    {
        if (!TryTake(name, out var value))
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            set(default);
        }
        else if (read(value) is { } result)
        {
            set(result);
        }
    }

    private T? Wrong<T>(string name, string message)
    {
        Fault(name, message);
        return default;
    }

    private void RejectUnknown()
    {
        foreach (var name in _fields.Keys.Where(name => !_known.Contains(name)))
        {
            Fault(name.Length > 100 ? name[..100] : name, "There is no such field.");
        }
    }
}
