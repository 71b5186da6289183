namespace Gateway.Llm.Tokens;

/// <summary>Input tokens of a request before it is sent, for limits and budgets; the provider's own count replaces them on settlement.</summary>
public static class TokenEstimate
{
    /// <summary>
    /// Reads a body of any of the formats (Chat Completions, Responses, Messages, Gemini, Converse) that has been scanned before: it is
    /// valid JSON. One pass, nothing is built.
    /// </summary>
    public static long ForChat(ReadOnlySpan<byte> body, TokenProfile profile)
    {
        var walk = new PromptWalk(body, profile);
        walk.Run();
        return profile.Total(walk.Counts);
    }

    /// <inheritdoc cref="ForChat(ReadOnlySpan{byte}, TokenProfile)"/>
    /// <param name="body">The request.</param>
    /// <param name="model">The model's name, with or without a provider before it.</param>
    public static long ForChat(ReadOnlySpan<byte> body, string model) => ForChat(body, TokenProfile.ForModel(model));
}
