using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServiceDefaults.Hosting;

/// <summary>Where a program says that it is ready, what it found, or why it ends: to a person in lines, to another program in JSON.</summary>
public sealed record HostConsole(TextWriter Output, TextWriter Error, bool IsJson = false)
{
    /// <summary>An address keeps its characters; nobody puts this into a page.</summary>
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static HostConsole OfProcess { get; } = new(Console.Out, Console.Error);

    public Task FailAsync(string message) => Error.WriteLineAsync(
        IsJson
            ? new JsonObject { ["error"] = new JsonObject { ["code"] = "cannot_start", ["message"] = message } }.ToJsonString(Readable)
            : $"error: {message.ReplaceLineEndings(" ")}");

    /// <summary>One object in one line.</summary>
    public void WriteJson(JsonObject json)
    {
        Output.WriteLine(json.ToJsonString(Readable));
        Output.Flush();
    }
}
