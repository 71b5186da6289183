namespace Gateway.Llm.Messages;

/// <summary>What a model can do, as far as a request must be written differently for it.</summary>
internal sealed record MessagesModel
{
    /// <summary>By the beginning of the name, the longest first; what is not here is newer than this table.</summary>
    private static readonly (string Prefix, MessagesModel Model)[] Known =
    [
        ("claude-3-7", new MessagesModel { Thinking = ThinkingKind.Budget, HasOutputSchemas = false }),
        ("claude-3", new MessagesModel { Thinking = ThinkingKind.None, HasOutputSchemas = false }),
        ("claude-2", new MessagesModel { Thinking = ThinkingKind.None, HasOutputSchemas = false }),
        ("claude-sonnet-4-5", new MessagesModel { Thinking = ThinkingKind.Budget }),
        ("claude-haiku-4-5", new MessagesModel { Thinking = ThinkingKind.Budget }),
        ("claude-opus-4-5", new MessagesModel { Thinking = ThinkingKind.Budget }),
        ("claude-opus-4-1", new MessagesModel { Thinking = ThinkingKind.Budget }),
        ("claude-sonnet-4-6", new MessagesModel { TakesBudget = true, HasExtraHigh = false }),
        ("claude-opus-4-6", new MessagesModel { TakesBudget = true, HasExtraHigh = false }),
        ("claude-opus-4-7", new MessagesModel { HasSampling = false }),
        ("claude-opus-4-8", new MessagesModel { HasSampling = false }),
        // claude-sonnet-4-0, claude-opus-4-20250514 and their like.
        ("claude-sonnet-4-0", new MessagesModel { Thinking = ThinkingKind.Budget, HasOutputSchemas = false }),
        ("claude-opus-4-0", new MessagesModel { Thinking = ThinkingKind.Budget, HasOutputSchemas = false }),
        ("claude-sonnet-4-2", new MessagesModel { Thinking = ThinkingKind.Budget, HasOutputSchemas = false }),
        ("claude-opus-4-2", new MessagesModel { Thinking = ThinkingKind.Budget, HasOutputSchemas = false }),
    ];

    public ThinkingKind Thinking { get; private init; } = ThinkingKind.Adaptive;

    /// <summary>It can be told a budget all the same.</summary>
    public bool TakesBudget { get; private init; }

    /// <summary>It follows <c>output_config.format</c> and <c>strict</c> of tools.</summary>
    public bool HasOutputSchemas { get; private init; } = true;

    /// <summary>It knows the effort between high and max.</summary>
    public bool HasExtraHigh { get; private init; } = true;

    /// <summary>It takes a temperature and its like.</summary>
    public bool HasSampling { get; private init; } = true;

    /// <param name="model">With or without a vendor or region before it.</param>
    public static MessagesModel Of(string model)
    {
        var start = model.IndexOf("claude-", StringComparison.Ordinal);
        var name = start < 0 ? model : model[start..];
        foreach (var (prefix, found) in Known)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return found;
            }
        }

        return new MessagesModel();
    }
}

internal enum ThinkingKind
{
    None,

    /// <summary>It is told how many tokens it may think.</summary>
    Budget,

    /// <summary>It decides by itself, within the effort it is told.</summary>
    Adaptive,
}
