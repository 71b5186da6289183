using System.Text.Json.Serialization;

namespace Gateway.Llm.ChatCompletions;

/// <summary>An answer in sound, which no other format has.</summary>
internal sealed record ChatAudio(string Type, string? Id, string Data, string Transcript, long? ExpiresAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ChatAudio))]
internal sealed partial class ChatJson : JsonSerializerContext;
