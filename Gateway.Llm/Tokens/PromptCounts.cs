namespace Gateway.Llm.Tokens;

/// <summary>What a request holds that costs input tokens, before the provider's own overheads.</summary>
internal struct PromptCounts
{
    /// <summary>Tokens of the messages' and the system prompt's text, tool calls and results included.</summary>
    public long Text;

    /// <summary>Messages, the system prompt being one.</summary>
    public long Messages;

    public long ToolCalls;

    /// <summary>Tool results that stand inside a message.</summary>
    public long ToolResults;

    public long Tools;

    /// <summary>Tokens of the names, descriptions and listed values in tools' schemas.</summary>
    public long ToolText;

    /// <summary>Properties and listed values in tools' schemas.</summary>
    public long ToolProperties;

    /// <summary>Tokens of the JSON of an output schema.</summary>
    public long OutputSchema;

    /// <summary>Tokens of encrypted reasoning since the last message of the user; the model no longer sees what is before it.</summary>
    public long HiddenReasoning;

    /// <summary>Tokens of images, documents, audio and video.</summary>
    public long Media;
}
