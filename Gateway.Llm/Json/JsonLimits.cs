using System.Text.Json;

namespace Gateway.Llm.Json;

/// <summary>How deep a body may nest; tool schemas stay far below it.</summary>
public static class JsonLimits
{
    public const int MaxDepth = 64;

    /// <summary>The reader goes one level further, so that we say what is wrong and not the reader.</summary>
    public static JsonReaderOptions ReaderOptions => new() { MaxDepth = MaxDepth + 1 };
}
