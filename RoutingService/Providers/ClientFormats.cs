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

    /// <summary>Reads a provider's stream in this format.</summary>
    public static EventReader CreateReader(ClientFormat format) => format switch
    {
        ClientFormat.Chat => new ChatEventReader(),
        ClientFormat.Messages => new MessagesEventReader(),
        ClientFormat.Responses => new ResponsesEventReader(),
        _ => throw new NotSupportedException($"No format {format}."),
    };

    /// <summary>Reads a provider's whole answer in this format.</summary>
    public static void ReadAnswer(ClientFormat format, ReadOnlyMemory<byte> body, List<StreamEvent> events)
    {
        switch (format)
        {
            case ClientFormat.Chat:
                ChatAnswerReader.Read(body, events);
                break;
            case ClientFormat.Messages:
                MessagesAnswerReader.Read(body, events);
                break;
            default:
                ResponsesAnswerReader.Read(body, events);
                break;
        }
    }
}
