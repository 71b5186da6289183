using System.Buffers;
using System.Text.Json;

namespace Gateway.Llm.Json;

/// <summary>Where the values of one object's members stand in its bytes: some can be looked at or changed, and the rest stays as it is.</summary>
public sealed class JsonMembers
{
    private readonly ReadOnlyMemory<byte> _json;
    private readonly Dictionary<string, (int Start, int Length)> _values = new(StringComparer.Ordinal);
    private int _open;

    private JsonMembers(ReadOnlyMemory<byte> json) => _json = json;

    public IEnumerable<string> Names => _values.Keys;

    /// <summary>A <see cref="JsonException"/> is anything but one JSON object.</summary>
    public static JsonMembers Read(ReadOnlyMemory<byte> json)
    {
        var members = new JsonMembers(json);
        var reader = new Utf8JsonReader(json.Span, JsonLimits.ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("Not a JSON object.");
        }

        members._open = (int)reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            members._values[name] = (start, (int)reader.BytesConsumed - start);
        }

        return members;
    }

    /// <summary>Length 0 when it is absent.</summary>
    public (int Start, int Length) Range(string name) => _values.GetValueOrDefault(name);

    /// <summary>The JSON of a value; empty when it is absent or null.</summary>
    public ReadOnlyMemory<byte> Value(string name)
        => _values.TryGetValue(name, out var range) && _json.Slice(range.Start, range.Length) is var value && !value.Span.SequenceEqual("null"u8)
            ? value
            : default;

    /// <summary>A string's text; null for everything that is no string.</summary>
    public string? Text(string name) => Value(name) is { IsEmpty: false } value && value.Span[0] == (byte)'"'
        ? JsonSerializer.Deserialize(value.Span, PlainJson.Default.String)
        : null;

    public bool? Boolean(string name)
    {
        var value = Value(name).Span;
        return value.SequenceEqual("true"u8) ? true : value.SequenceEqual("false"u8) ? false : null;
    }

    /// <summary>The object with some of its values replaced; those that it does not have come first.</summary>
    public byte[] With(params ReadOnlySpan<(string Name, ReadOnlyMemory<byte> Value)> changes)
    {
        var output = new ArrayBufferWriter<byte>(_json.Length + 256);
        output.Write(_json.Span[.._open]);
        var replaced = new List<((int Start, int Length) Range, ReadOnlyMemory<byte> Value)>(changes.Length);
        var isFirst = _values.Count == 0;
        for (var i = changes.Length - 1; i >= 0; i--)
        {
            var (name, value) = changes[i];
            if (_values.TryGetValue(name, out var range))
            {
                replaced.Add((range, value));
                continue;
            }

            output.Write(JsonSerializer.SerializeToUtf8Bytes(name, PlainJson.Default.String));
            output.Write(":"u8);
            output.Write(value.Span);
            output.Write(isFirst ? default : ","u8);
            isFirst = false;
        }

        var position = _open;
        foreach (var ((start, length), value) in replaced.OrderBy(change => change.Range.Start))
        {
            output.Write(_json.Span[position..start]);
            output.Write(value.Span);
            position = start + length;
        }

        output.Write(_json.Span[position..]);
        return output.WrittenSpan.ToArray();
    }
}
