namespace RoutingService.Routes;

/// <summary>Why another model is asked.</summary>
internal enum FallbackKind
{
    General,
    ContextWindow,
    ContentPolicy,
    RateLimit,
}

/// <summary>What is asked instead, in order, by what went wrong; a list that is missing is the general one.</summary>
internal sealed record RouteFallbacks
{
    public static RouteFallbacks None { get; } = new();

    public IReadOnlyList<string> General { get; init; } = [];

    public IReadOnlyList<string>? ContextWindow { get; init; }

    public IReadOnlyList<string>? ContentPolicy { get; init; }

    public IReadOnlyList<string>? RateLimit { get; init; }

    public IEnumerable<string> All => General.Concat(ContextWindow ?? []).Concat(ContentPolicy ?? []).Concat(RateLimit ?? []).Distinct(StringComparer.Ordinal);

    public IReadOnlyList<string> For(FallbackKind kind) => kind switch
    {
        FallbackKind.ContextWindow => ContextWindow ?? General,
        FallbackKind.RateLimit => RateLimit ?? General,

        // What one provider refuses on purpose goes to another only where somebody has said so.
        FallbackKind.ContentPolicy => ContentPolicy ?? [],
        _ => General,
    };
}
