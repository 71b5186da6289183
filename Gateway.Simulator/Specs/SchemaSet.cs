using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gateway.Simulator.Specs;

/// <summary>The named schemas of one description.</summary>
internal sealed class SchemaSet(JsonDocument document)
{
    private const string Prefix = "#/components/schemas/";
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, JsonElement> schemas = document.RootElement.GetProperty("components").GetProperty("schemas")
        .EnumerateObject().ToDictionary(schema => schema.Name, schema => schema.Value, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Regex?> patterns = new(StringComparer.Ordinal);

    public JsonElement Get(string name)
        => schemas.TryGetValue(name, out var schema) ? schema : throw new ArgumentException($"There is no schema '{name}'.", nameof(name));

    /// <summary>What a <c>$ref</c>, or a discriminator's mapping, leads to.</summary>
    public JsonElement Follow(string reference)
        => Get(reference.StartsWith(Prefix, StringComparison.Ordinal) ? reference[Prefix.Length..] : reference);

    public bool IsMatch(string pattern, string text)
    {
        // Some patterns are of other dialects; what .NET cannot read is not checked.
        var regex = patterns.GetOrAdd(pattern, static pattern =>
        {
            try
            {
                return new Regex(pattern, RegexOptions.CultureInvariant, LongestMatch);
            }
            catch (ArgumentException)
            {
                return null;
            }
        });
        return regex?.IsMatch(text) ?? true;
    }
}
