using System.Text.Json;

namespace Gateway.Llm.Json;

/// <summary>Reads values of a request whose bytes have been scanned; what has the wrong type is the client's error and named by its path.</summary>
internal static class RequestField
{
    /// <summary>There, and not null: formats treat both alike.</summary>
    public static bool TryGet(JsonElement owner, string name, out JsonElement value)
        => owner.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    public static string? FindString(JsonElement owner, string name, string param)
        => TryGet(owner, name, out var value) ? String(value, $"{param}.{name}") : null;

    public static string RequireString(JsonElement owner, string name, string param)
        => FindString(owner, name, param)
            ?? throw new InvalidRequestException("missing_required_parameter", $"'{param}.{name}' is required.", $"{param}.{name}");

    public static JsonElement RequireObject(JsonElement owner, string name, string param)
        => TryGet(owner, name, out var value)
            ? Object(value, $"{param}.{name}")
            : throw new InvalidRequestException("missing_required_parameter", $"'{param}.{name}' is required.", $"{param}.{name}");

    public static string String(JsonElement value, string param)
        => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(param, "a string");

    public static bool Boolean(JsonElement value, string param) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(param, "true or false"),
    };

    public static decimal Decimal(JsonElement value, string param)
        => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) ? number : throw Wrong(param, "a number");

    public static long Integer(JsonElement value, string param)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : throw Wrong(param, "a whole number");

    public static JsonElement Object(JsonElement value, string param)
        => value.ValueKind == JsonValueKind.Object ? value : throw Wrong(param, "an object");

    public static JsonElement.ArrayEnumerator Items(JsonElement value, string param)
        => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Wrong(param, "an array");

    public static InvalidRequestException Unknown(string param, string what, string value)
        => new("invalid_value", $"'{param}' is not {what}: '{JsonStrings.Shorten(value)}'.", param);

    private static InvalidRequestException Wrong(string param, string what) => new("invalid_type", $"'{param}' must be {what}.", param);
}
