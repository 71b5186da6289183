using System.Text;
using System.Text.Json;

namespace Gateway.Llm.Json;

/// <summary>JSON values as text without white space; the order of names and the spelling of numbers stay.</summary>
public static class CompactJson
{
    public static string Write(JsonElement element)
    {
        using var output = new PooledOutput();
        using (var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            element.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(output.Written.Span);
    }
}
