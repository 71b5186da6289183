using System.Text.Json;

namespace Gateway.Llm.Json;

/// <summary>How deep a body may nest; tool schemas stay far below it.</summary>
public static class JsonLimits
{
    public const int MaxDepth = 64;

    public static JsonReaderOptions ReaderOptions => new() { MaxDepth = MaxDepth };
}
