using Xunit.Sdk;
using Xunit.v3;

[assembly: Xunit.TestCollectionOrderer(typeof(Tests.TestKit.LongestFirst))]

namespace Tests.TestKit;

/// <summary>What takes minutes begins first: begun last, it would run for minutes with nothing beside it.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        "Tests.Crashes.", "Tests.Sdk.NodeSdkTests", "Tests.Faults.UpstreamFaultTests", "Tests.BlackBox.ProviderFaultTests", "Tests.Limits.OutageTests",
        "Tests.Limits.BudgetTests", "Tests.Startup.", "Tests.Sdk.", "Tests.Canaries.", "Tests.Contents.", "Tests.Usage.TotalsTests",
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection
        => [.. testCollections.OrderBy(collection => PlaceOf(collection.TestCollectionDisplayName)).ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];

    private static int PlaceOf(string name)
    {
        var place = Array.FindIndex(Long, part => name.Contains(part, StringComparison.Ordinal));
        return place < 0 ? Long.Length : place;
    }
}
