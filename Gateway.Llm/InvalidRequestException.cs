namespace Gateway.Llm;

/// <summary>A request body that breaks the rules of its own format; the message is for the client.</summary>
public sealed class InvalidRequestException(string code, string message, string? param = null) : Exception(message)
{
    public string Code { get; } = code;

    /// <summary>The field that is wrong.</summary>
    public string? Param { get; } = param;
}
