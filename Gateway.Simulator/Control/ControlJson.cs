using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Control;

/// <summary>The body of <c>PUT /_simulator/scripts/{name}</c>.</summary>
internal sealed record ScriptBody(IReadOnlyList<Answer> Answers);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ScriptBody))]
[JsonSerializable(typeof(List<RequestView>))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ControlJson : JsonSerializerContext;
