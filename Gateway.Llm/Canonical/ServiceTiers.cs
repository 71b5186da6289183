using System.Text.Json;

namespace Gateway.Llm.Canonical;

/// <summary>
/// How a provider serves a call, at another price than the ordinary one or at that: in one word for what vendors call differently, which is
/// <c>standard</c>, <c>batch</c>, <c>flex</c>, <c>priority</c>, <c>provisioned</c>, or the vendor's own word.
/// </summary>
public static class ServiceTiers
{
    public const string Standard = "standard";

    private const int MaxLength = 32;

    /// <summary>The value that the reader stands on; the ordinary words of a stream's every chunk cost no string.</summary>
    public static string? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.ValueTextEquals("default"u8) ? Standard : reader.ValueTextEquals("auto"u8) ? null : Of(reader.GetString());
        }

        reader.Skip();
        return null;
    }

    /// <summary>Null where nothing is said: no word, a choice left to the provider, or bytes that must not become a label here.</summary>
    public static string? Of(string? told) => told?.ToLowerInvariant() switch
    {
        null or "" or "auto" or "traffic_type_unspecified" or "unspecified" => null,
        "default" or "standard" or "standard_only" or "on_demand" => Standard,
        "on_demand_flex" => "flex",
        "on_demand_priority" => "priority",
        "provisioned_throughput" or "reserved" => "provisioned",
        { Length: <= MaxLength } tier when tier.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-') => tier,
        _ => null,
    };
}
