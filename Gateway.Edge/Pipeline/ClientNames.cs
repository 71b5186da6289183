namespace Gateway.Edge.Pipeline;

/// <summary>What kind of program calls, from its user agent: a short list of names, so that statistics can be kept by it.</summary>
internal static class ClientNames
{
    public const string None = "none";
    public const string Other = "other";

    /// <summary>By how the user agent begins; the longer beginning comes first.</summary>
    private static readonly (string Prefix, string Name)[] Known =
    [
        ("AsyncAzureOpenAI/Python", "openai-python"),
        ("AzureOpenAI/Python", "openai-python"),
        ("AsyncOpenAI/Python", "openai-python"),
        ("OpenAI/Python", "openai-python"),
        ("AzureOpenAI/JS", "openai-js"),
        ("OpenAI/JS", "openai-js"),
        ("OpenAI/Go", "openai-go"),
        ("OpenAI/Java", "openai-java"),
        ("OpenAI/", "openai-dotnet"),
        ("AsyncAnthropic/Python", "anthropic-python"),
        ("Anthropic/Python", "anthropic-python"),
        ("Anthropic/JS", "anthropic-js"),
        ("Anthropic/Go", "anthropic-go"),
        ("Anthropic/Java", "anthropic-java"),
        ("AnthropicClient", "anthropic-dotnet"),
        ("Anthropic/", "anthropic-dotnet"),
        ("claude-cli", "claude-code"),
        ("codex", "codex"),
        ("litellm", "litellm"),
        ("langchain", "langchain"),
        ("ai-sdk", "ai-sdk"),
        ("ai/", "ai-sdk"),
        ("azsdk-net", "azure-sdk-dotnet"),
        ("azsdk-python", "azure-sdk-python"),
        ("curl/", "curl"),
        ("python-requests", "python"),
        ("python-httpx", "python"),
        ("Python/", "python"),
        ("aiohttp", "python"),
        ("node", "node"),
        ("undici", "node"),
        ("axios", "node"),
        ("okhttp", "java"),
        ("Java", "java"),
        ("Go-http-client", "go"),
        ("Mozilla/", "browser"),
        ("k6/", "load-test"),
    ];

    public static string Of(string userAgent)
    {
        if (userAgent.Length == 0)
        {
            return None;
        }

        foreach (var (prefix, name) in Known)
        {
            if (userAgent.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return name;
            }
        }

        return Other;
    }
}
