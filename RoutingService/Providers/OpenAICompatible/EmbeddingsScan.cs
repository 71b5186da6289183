using Gateway.Llm.ChatCompletions;
using RoutingService.Providers.Exchanges;

namespace RoutingService.Providers.OpenAICompatible;

/// <summary>The vectors go through as they came; the books need the tokens that went in.</summary>
internal sealed class EmbeddingsScan : AnswerScan
{
    public override bool ReadEvent(ReadOnlySpan<byte> data) => throw new InvalidOperationException("Embeddings are no stream.");

    public override void ReadBody(ReadOnlyMemory<byte> body)
    {
        var answer = EmbeddingAnswer.Read(body.Span);
        Usage = answer.Usage;
        if (answer.HasError)
        {
            var fault = OpenAIErrors.FindFault(body);
            Failure = new Gateway.Llm.Canonical.AnswerFailed(StatusCodes.Status500InternalServerError, fault.Message, fault.Code, fault.Type);
        }
    }
}
