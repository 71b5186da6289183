using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Llm.Json;

/// <summary>How bodies are written: text as it is. What is answered is JSON, never part of a page.</summary>
public static class JsonOutput
{
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
