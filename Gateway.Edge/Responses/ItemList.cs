using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Llm.Json;

namespace Gateway.Edge.Responses;

/// <summary>Which part of a list is wanted; the newest come first unless asked otherwise.</summary>
internal sealed record ItemPage(int Limit, string? After, bool IsAscending)
{
    private const int MaxLimit = 100;

    public static ItemPage Read(IQueryCollection query)
    {
        var limit = 20;
        if (query["limit"] is [{ } text] && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
        {
            throw new GatewayErrorException(GatewayError.BadRequest("invalid_value", $"'limit' must be a number from 1 to {MaxLimit}.", "limit"));
        }

        return new ItemPage(limit, query["after"], query["order"] == "asc");
    }
}

/// <summary>A list as OpenAI's API writes it.</summary>
internal static class ItemList
{
    public static byte[] Write(IReadOnlyList<JsonElement> items, ItemPage page)
    {
        var ordered = page.IsAscending ? items : [.. items.Reverse()];
        var wanted = page.After is { } after ? ordered.SkipWhile(item => item.FindText("id") != after).Skip(1).ToList() : [.. ordered];
        var shown = wanted.Take(page.Limit).ToList();
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            shown.ForEach(item => item.WriteTo(json));
            json.WriteEndArray();
            json.WriteString("first_id"u8, shown.Count > 0 ? shown[0].FindText("id") : null);
            json.WriteString("last_id"u8, shown.Count > 0 ? shown[^1].FindText("id") : null);
            json.WriteBoolean("has_more"u8, wanted.Count > shown.Count);
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }
}
