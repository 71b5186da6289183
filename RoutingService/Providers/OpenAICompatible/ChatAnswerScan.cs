using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using RoutingService.Providers.Exchanges;

namespace RoutingService.Providers.OpenAICompatible;

/// <summary>
/// A stream that ends without <c>[DONE]</c> has broken off, also when the connection ended cleanly; only where every choice has said why it
/// ended was the marker merely forgotten, and is added.
/// </summary>
internal sealed class ChatAnswerScan(ProviderCall call) : AnswerScan
{
    private static readonly byte[] Done = "data: [DONE]\n\n"u8.ToArray();

    private int _finishedChoices;
    private string? _serviceTier;

    public override ReadOnlyMemory<byte>? Ending
    {
        get
        {
            if (_finishedChoices < call.Request.Facts.Choices)
            {
                return null;
            }

            IsDone = true;
            return Done;
        }
    }

    public override bool ReadEvent(ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8))
        {
            IsDone = true;
            HasContent = true;
            return true;
        }

        var chunk = ChatChunkScan.Read(data);
        if (chunk.HasError)
        {
            Fail(data.ToArray());
            return false;
        }

        TextEvents += chunk.TextBytes > 0 ? 1 : 0;
        TextBytes += chunk.TextBytes;
        _finishedChoices += chunk.FinishedChoices;
        HasContent |= chunk.TextBytes > 0 || chunk.FinishedChoices > 0;
        _serviceTier = chunk.ServiceTier ?? _serviceTier;
        if (chunk.Usage is not { } usage)
        {
            return true;
        }

        Usage = usage with { ServiceTier = _serviceTier };
        return chunk.HasChoices || call.Request.Facts.IncludeUsage;
    }

    public override void ReadBody(ReadOnlyMemory<byte> body)
    {
        var answer = ChatChunkScan.Read(body.Span);
        if (answer.HasError)
        {
            Fail(body);
        }

        Usage = answer.Usage is { } usage ? usage with { ServiceTier = answer.ServiceTier } : null;
        TextBytes = answer.TextBytes;
    }

    private void Fail(ReadOnlyMemory<byte> json)
    {
        var fault = OpenAIErrors.FindFault(json);
        Failure = new AnswerFailed(StatusCodes.Status500InternalServerError, fault.Message, fault.Code, fault.Type);
    }
}
