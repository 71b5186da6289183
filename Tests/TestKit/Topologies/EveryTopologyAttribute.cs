using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Tests.TestKit.Topologies;

/// <summary>Rows of a theory: every topology, each with every one of <paramref name="values"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryTopologyAttribute(params object[] values) : DataAttribute
{
    /// <summary>Every topology on every store: the store is the second argument of the test.</summary>
    public bool OnEveryStore { get; set; }

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
        => new(Topologies.All.SelectMany(Gateways).SelectMany(Rows).ToList());

    public override bool SupportsDiscoveryEnumeration() => true;

    private IEnumerable<object[]> Gateways(Topology topology)
        => OnEveryStore ? Stores.All.Select(store => new object[] { topology, store }) : [[topology]];

    private IEnumerable<ITheoryDataRow> Rows(object[] gateway)
        => values.Length == 0 ? [new TheoryDataRow(gateway)] : values.Select(value => new TheoryDataRow([.. gateway, value]));
}
