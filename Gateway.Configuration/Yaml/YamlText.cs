using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gateway.Configuration.Yaml;

/// <summary>Writes YAML, always in the same way: block style, two spaces, text in quotation marks only where it would be something else.</summary>
internal static partial class YamlText
{
    private static readonly JsonSerializerOptions Quoted = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly HashSet<string> Reserved = new(["true", "false", "null", "yes", "no", "on", "off", "y", "n"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The fields of a mapping, one each line, behind <paramref name="indent"/> spaces.</summary>
    public static void WriteMap(TextWriter writer, JsonObject map, int indent)
    {
        foreach (var (name, value) in map)
        {
            writer.Write(new string(' ', indent));
            WriteEntry(writer, name, value, indent);
        }
    }

    /// <summary>Text as a scalar.</summary>
    public static string Scalar(string text)
        => PlainText().IsMatch(text) && !Reserved.Contains(text) && !text.EndsWith(' ')
            ? text
            : JsonSerializer.Serialize(text, Quoted).Replace("\u007f", "\\u007F", StringComparison.Ordinal);

    private static void WriteEntry(TextWriter writer, string name, JsonNode? value, int indent)
    {
        writer.Write(Scalar(name) + ":");
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                writer.Write('\n');
                WriteMap(writer, map, indent + 2);
                break;
            case JsonArray { Count: > 0 } list when list.Any(item => item is JsonObject):
                writer.Write('\n');
                foreach (var item in list)
                {
                    WriteItem(writer, item!.AsObject(), indent + 2);
                }

                break;
            default:
                writer.Write($" {Inline(value)}\n");
                break;
        }
    }

    private static void WriteItem(TextWriter writer, JsonObject item, int indent)
    {
        var isFirst = true;
        foreach (var (name, value) in item)
        {
            writer.Write(new string(' ', indent) + (isFirst ? "- " : "  "));
            WriteEntry(writer, name, value, indent + 2);
            isFirst = false;
        }
    }

    private static string Inline(JsonNode? value) => value switch
    {
        null => "null",
        JsonArray list => $"[{string.Join(", ", list.Select(Inline))}]",
        JsonObject => "{}",
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => Scalar(value.GetValue<string>()),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => JsonValues.Decimal(value) is { } number ? number.ToString("0.#############################", CultureInfo.InvariantCulture) : value.ToJsonString(),
        },
    };

    /// <summary>What nobody could take for a number, a time, a reference to an anchor or the like.</summary>
    [GeneratedRegex(@"^(?:[A-Za-z_/][A-Za-z0-9_./@+ -]*|\$\{(?:env|file):[A-Za-z0-9_./-]+\})\z")]
    private static partial Regex PlainText();
}
