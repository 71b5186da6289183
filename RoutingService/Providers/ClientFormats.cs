using Gateway.Contracts;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using Gateway.Llm.Messages;
using Gateway.Llm.Responses;

namespace RoutingService.Providers;

internal static class ClientFormats
{
    public static IClientFormat Of(ClientFormat format) => format switch
    {
        ClientFormat.Chat => ChatFormat.Instance,
        ClientFormat.Messages => MessagesFormat.Instance,
        ClientFormat.Responses => ResponsesFormat.Instance,
        _ => throw new NotSupportedException($"No format {format}."),
    };
}
