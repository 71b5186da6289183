using Gateway.Llm.Responses;
using RoutingService.Providers.Exchanges;

namespace RoutingService.Providers.OpenAI;

/// <summary>A stream ends with the response as a whole; one that has not come to it has broken off.</summary>
internal sealed class ResponsesAnswerScan : AnswerScan
{
    public override bool ReadEvent(ReadOnlySpan<byte> data)
    {
        var scan = ResponsesEventScan.Read(data);
        TextEvents += scan.TextBytes > 0 ? 1 : 0;
        TextBytes += scan.TextBytes;
        HasContent |= scan.TextBytes > 0 || scan.Kind == ResponsesEventKind.Ended;
        switch (scan.Kind)
        {
            case ResponsesEventKind.Ended:
                IsDone = true;
                Usage = ResponsesFacts.Read(data.Slice(scan.Response.Start, scan.Response.Length).ToArray()).Usage;
                return true;
            case ResponsesEventKind.Failed:
                Failure = ResponsesFacts.ReadFailure(data.ToArray());
                return false;
            default:
                return true;
        }
    }

    public override void ReadBody(ReadOnlyMemory<byte> body)
    {
        var facts = ResponsesFacts.Read(body);
        (Usage, TextBytes, Failure) = (facts.Usage, facts.TextBytes, facts.Failure);
    }
}
