namespace Gateway.Simulator.Protocols;

/// <summary>What a request asks for, as far as an answer depends on it.</summary>
/// <param name="IsJson">The body is one JSON value.</param>
/// <param name="TextBytes">Bytes of the texts that the model is given, as they are spelled in the JSON.</param>
internal readonly record struct RequestFacts(
    bool IsJson, string? Model, bool Stream, bool IncludeUsage, int? OutputCap, long TextBytes)
{
    /// <summary>The simulator's rule: a token is four bytes of text, begun ones count.</summary>
    public long InputTokens => (TextBytes + 3) / 4;

    /// <summary>Set for what the real server would refuse, whatever the script says.</summary>
    public RequestRefusal? Refusal { get; init; }
}

/// <param name="Code">As <see cref="Scripts.Answer.ErrorCode"/>.</param>
internal sealed record RequestRefusal(int Status, string Message, string? Code = null);
