using Gateway.Contracts.Usage;
using Gateway.Llm.Canonical;
using RoutingService.Providers.Exchanges;

namespace RoutingService.Providers.Gemini;

/// <summary>Vectors in OpenAI's form.</summary>
internal sealed class GeminiEmbeddingsPlan(GeminiEmbeddings embeddings) : AnswerPlan
{
    public override UpstreamStream CreateStream(ProviderCall call, UpstreamStreamSource source)
        => throw new InvalidOperationException("Embeddings are no stream.");

    public override ProviderAnswer ReadBody(ProviderCall call, BoundedBody body, int status)
    {
        var (answer, tokens) = embeddings.ReadAnswer(body.Memory);
        body.Release();
        var usage = tokens is { } counted
            ? (UsageMapping.ToTokenUsage(new LlmUsage { Input = counted }), UsageSource.Provider)
            : (UsageMapping.ToTokenUsage(UsageMapping.Estimate(call.Request.Facts, 0)), UsageSource.Estimated);
        return new WholeAnswer(answer, status, usage, call.Losses);
    }
}
