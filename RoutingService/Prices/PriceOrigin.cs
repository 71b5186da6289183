using System.Collections.Frozen;

namespace RoutingService.Prices;

/// <summary>Whose price it is. The first that has one for a call has it.</summary>
internal enum PriceOrigin
{
    /// <summary>The fields of one deployment.</summary>
    Deployment,

    /// <summary>The fields of a model alias: of the model of the provider that it leads to.</summary>
    Model,

    /// <summary>Written through the admin API.</summary>
    Operator,

    /// <summary>The file that the setting <c>Prices:File</c> names.</summary>
    File,

    /// <summary>What the gateway comes with.</summary>
    Shipped,
}

internal static class PriceOrigins
{
    public static FrozenDictionary<string, PriceOrigin> ByName { get; } =
        Enum.GetValues<PriceOrigin>().ToFrozenDictionary(origin => origin.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    public static string NameOf(PriceOrigin origin) => origin.ToString().ToLowerInvariant();
}
