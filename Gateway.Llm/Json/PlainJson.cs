using System.Text.Json.Serialization;

namespace Gateway.Llm.Json;

[JsonSerializable(typeof(string))]
internal sealed partial class PlainJson : JsonSerializerContext;
