namespace RoutingService.Automatic;

/// <summary>How much of a model a request needs.</summary>
internal enum Tier
{
    Simple,
    Medium,
    Complex,
}

internal static class Tiers
{
    public static IReadOnlyDictionary<string, Tier> ByName { get; } = new Dictionary<string, Tier>(StringComparer.Ordinal)
    {
        ["simple"] = Tier.Simple,
        ["medium"] = Tier.Medium,
        ["complex"] = Tier.Complex,
    };

    public static string Name(this Tier tier) => tier switch
    {
        Tier.Simple => "simple",
        Tier.Medium => "medium",
        _ => "complex",
    };

    public static Tier Highest(Tier first, Tier second) => first > second ? first : second;
}
