using Gateway.Contracts.Routing;

namespace ServiceDefaults.Telemetry;

/// <summary>What the conventions for generative AI call an operation; they have no word for a count.</summary>
public static class GenAiOperation
{
    public static string NameOf(CallOperation operation) => operation switch
    {
        CallOperation.Embeddings => "embeddings",
        CallOperation.Complete => "text_completion",
        CallOperation.CountTokens => "count_tokens",
        _ => "chat",
    };
}
