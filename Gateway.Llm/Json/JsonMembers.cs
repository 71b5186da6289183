using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gateway.Llm.Json;

/// <summary>Where the values of one object's members stand in its bytes: some can be looked at or changed, and the rest stays as it is.</summary>
public sealed class JsonMembers
{
    private readonly ReadOnlyMemory<byte> _json;
    private readonly List<Member> _members = new(32);
    private int _open;

    private JsonMembers(ReadOnlyMemory<byte> json) => _json = json;

    public bool IsEmpty => _members.Count == 0;

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
            var (nameStart, nameLength) = ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            var escaped = reader.ValueIsEscaped ? reader.GetString() : null;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            members._members.Add(new Member(nameStart, nameLength, escaped, start, (int)reader.BytesConsumed - start));
        }

        return members;
    }

    /// <summary>Length 0 when it is absent.</summary>
    public (int Start, int Length) Range(string name)
    {
        // Of two with one name the last counts.
        for (var i = _members.Count - 1; i >= 0; i--)
        {
            if (IsNamed(_members[i], name))
            {
                return (_members[i].Start, _members[i].Length);
            }
        }

        return default;
    }

    /// <summary>The JSON of a value; empty when it is absent or null.</summary>
    public ReadOnlyMemory<byte> Value(string name)
        => Range(name) is { Length: > 0 } range && _json.Slice(range.Start, range.Length) is var value && !value.Span.SequenceEqual("null"u8)
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
        using var output = new PooledOutput();
        output.Write(_json.Span[.._open]);
        var replaced = new List<((int Start, int Length) Range, ReadOnlyMemory<byte> Value)>(changes.Length);
        var hasNew = false;
        for (var i = changes.Length - 1; i >= 0; i--)
        {
            var (name, value) = changes[i];
            if (Range(name) is { Length: > 0 } range)
            {
                replaced.Add((range, value));
                continue;
            }

            output.Write(hasNew ? ","u8 : default);
            output.Write(JsonSerializer.SerializeToUtf8Bytes(name, PlainJson.Default.String));
            output.Write(":"u8);
            output.Write(value.Span);
            hasNew = true;
        }

        output.Write(hasNew && !IsEmpty ? ","u8 : default);

        var position = _open;
        foreach (var ((start, length), value) in replaced.OrderBy(change => change.Range.Start))
        {
            output.Write(_json.Span[position..start]);
            output.Write(value.Span);
            position = start + length;
        }

        output.Write(_json.Span[position..]);
        return output.ToArray();
    }

    private bool IsNamed(Member member, string name)
    {
        Span<byte> utf8 = stackalloc byte[64];
        return member.Escaped is { } escaped ? escaped == name
            : Encoding.UTF8.TryGetBytes(name, utf8, out var length) ? _json.Span.Slice(member.NameStart, member.NameLength).SequenceEqual(utf8[..length])
            : Encoding.UTF8.GetString(_json.Span.Slice(member.NameStart, member.NameLength)) == name;
    }

    /// <param name="Escaped">The name, where it is written with escapes.</param>
    private readonly record struct Member(int NameStart, int NameLength, string? Escaped, int Start, int Length);
}
