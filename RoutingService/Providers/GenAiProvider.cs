namespace RoutingService.Providers;

/// <summary>What the conventions for generative AI call providers.</summary>
internal static class GenAiProvider
{
    /// <summary>The configured name where the conventions have no word for the type.</summary>
    public static string NameOf(string type, string configuredName) => type switch
    {
        "openai" or "anthropic" or "deepseek" or "groq" or "perplexity" or "cohere" => type,
        "azure" => "azure.ai.openai",
        "gemini" => "gcp.gemini",
        "vertex" => "gcp.vertex_ai",
        "bedrock" => "aws.bedrock",
        "mistral" => "mistral_ai",
        "xai" => "x_ai",
        _ => configuredName,
    };
}
