using System.Text;
using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Llm.Json;

namespace RoutingService.Dispatching;

/// <summary>An object of the gateway's own in an answer.</summary>
internal static class AnswerExtension
{
    public static bool HasPlace(DispatchRequest request)
        => request is { Format: ClientFormat.Chat, Operation: CallOperation.Generate, Facts.Stream: false };

    /// <summary>The answer with the object as its last member, all other bytes as they were; what is no JSON object stays as it is.</summary>
    public static ReadOnlyMemory<byte> Splice(ReadOnlyMemory<byte> answer, string member, ReadOnlyMemory<byte> value)
    {
        JsonMembers members;
        try
        {
            members = JsonMembers.Read(answer);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The provider's answer is passed on, whatever it is; the second is a name with half of a surrogate pair.
            return answer;
        }

        if (members.Range(member).Length > 0)
        {
            // The upstream is a router too: a name stands once.
            return members.With((member, value));
        }

        var end = answer.Span.LastIndexOf((byte)'}');
        var comma = members.IsEmpty ? default : ","u8;
        return (byte[])[.. answer.Span[..end], .. comma, .. Encoding.UTF8.GetBytes($"\"{member}\":"), .. value.Span, .. answer.Span[end..]];
    }
}
