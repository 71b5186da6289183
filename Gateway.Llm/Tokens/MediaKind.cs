namespace Gateway.Llm.Tokens;

internal enum MediaKind
{
    Image,
    Document,
    Audio,
    Video,

    /// <summary>A document whose data is its text.</summary>
    Text,
}
