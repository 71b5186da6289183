using Gateway.Contracts;

namespace KeyService.VirtualKeys;

/// <summary>What <c>allowed_endpoints</c> may name.</summary>
internal static class KeyEndpointNames
{
    public static IReadOnlyList<string> All { get; } = ["chat", "responses", "messages", "embeddings"];

    public static string Of(ClientFormat format) => format switch
    {
        ClientFormat.Responses => "responses",
        ClientFormat.Messages => "messages",
        _ => "chat",
    };
}
