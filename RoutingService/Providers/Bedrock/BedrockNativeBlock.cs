using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RoutingService.Providers.Bedrock;

/// <summary>A streamed block of a tool that Bedrock runs itself, put together into the form that a whole answer has.</summary>
internal sealed class BedrockNativeBlock
{
    private readonly JsonObject _block;
    private readonly StringBuilder _input = new();

    public BedrockNativeBlock(JsonElement start) => _block = JsonObject.Create(start.Clone()) ?? throw new JsonException("A block must be an object.");

    public void Add(JsonElement delta)
    {
        foreach (var member in delta.EnumerateObject())
        {
            switch (member.Value.ValueKind)
            {
                case JsonValueKind.Object when member.Name == "toolUse":
                    _input.Append(BedrockJson.Text(member.Value, "input"));
                    break;
                case JsonValueKind.Array when _block[member.Name] is JsonObject target:
                    var content = target["content"] as JsonArray ?? [];
                    target["content"] = content;
                    foreach (var item in member.Value.EnumerateArray())
                    {
                        content.Add(JsonNode.Parse(item.GetRawText()));
                    }

                    break;
                case JsonValueKind.Object when _block[member.Name] is JsonObject target:
                    foreach (var inner in member.Value.EnumerateObject())
                    {
                        target[inner.Name] = JsonNode.Parse(inner.Value.GetRawText());
                    }

                    break;
            }
        }
    }

    public JsonElement Write()
    {
        if (_block["toolUse"] is JsonObject call)
        {
            call["input"] = _input.Length == 0 ? new JsonObject() : JsonNode.Parse(_input.ToString());
        }

        return JsonSerializer.SerializeToElement(_block, JsonSerializerOptions.Default);
    }
}
