using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Control;

/// <summary>The body of <c>PUT /_simulator/scripts/{name}</c>.</summary>
internal sealed record ScriptBody(IReadOnlyList<Answer> Answers);

internal static class ControlJson
{
    /// <summary>
    /// By reflection: the source generator sets init-only properties that the JSON lacks to null, not to their default. A member
    /// that no answer has is an error, so that a misspelled one is noticed.
    /// </summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };
}
