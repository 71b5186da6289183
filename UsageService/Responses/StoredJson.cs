using System.Text;
using System.Text.Json;

namespace UsageService.Responses;

/// <summary>Looks into stored JSON as far as the store must; the bytes stay what they are.</summary>
internal static class StoredJson
{
    private static readonly byte[] Empty = "[]"u8.ToArray();

    /// <summary>The output of a response object.</summary>
    public static byte[] Output(byte[] response) => Find(response, "output"u8) ?? Empty;

    /// <summary>The status of a response object.</summary>
    public static string? Status(byte[] response) => Find(response, "status"u8) is [(byte)'"', .. var text, (byte)'"'] ? Encoding.UTF8.GetString(text) : null;

    public static byte[] Array(ReadOnlyMemory<byte> item) => [(byte)'[', .. item.Span, (byte)']'];

    public static byte[] Join(IReadOnlyList<byte[]> arrays)
    {
        var joined = new List<byte> { (byte)'[' };
        foreach (var item in arrays.SelectMany(Items))
        {
            if (joined.Count > 1)
            {
                joined.Add((byte)',');
            }

            joined.AddRange(item.Json.Span);
        }

        joined.Add((byte)']');
        return [.. joined];
    }

    /// <summary>The items of an array with their ids.</summary>
    public static List<(string? Id, ReadOnlyMemory<byte> Json)> Items(byte[] array)
    {
        var items = new List<(string? Id, ReadOnlyMemory<byte> Json)>();
        var reader = new Utf8JsonReader(array);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            var id = ReadId(reader);
            reader.Skip();
            items.Add((id, array.AsMemory(start, (int)reader.BytesConsumed - start)));
        }

        return items;
    }

    /// <summary>Reads on with a copy of the reader.</summary>
    private static string? ReadId(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (isId)
            {
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }

            reader.Skip();
        }

        return null;
    }

    private static byte[]? Find(byte[] json, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isFound = reader.ValueTextEquals(name);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isFound)
            {
                return json[start..(int)reader.BytesConsumed];
            }
        }

        return null;
    }
}
