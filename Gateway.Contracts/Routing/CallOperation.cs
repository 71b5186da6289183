namespace Gateway.Contracts.Routing;

/// <summary>What a call wants of a model.</summary>
public enum CallOperation
{
    /// <summary>An answer.</summary>
    Generate,

    /// <summary>How many tokens the request has: of Anthropic's <c>count_tokens</c>, or of OpenAI's <c>input_tokens</c>.</summary>
    CountTokens,

    Embeddings,

    /// <summary>The text behind a text, as before there were chats.</summary>
    Complete,
}
