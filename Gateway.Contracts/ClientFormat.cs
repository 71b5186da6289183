namespace Gateway.Contracts;

/// <summary>What a client speaks to the gateway.</summary>
public enum ClientFormat
{
    /// <summary>OpenAI Chat Completions.</summary>
    Chat,

    /// <summary>OpenAI Responses.</summary>
    Responses,

    /// <summary>Anthropic Messages.</summary>
    Messages,
}
