using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Tests.TestKit.Topologies;

/// <summary>Rows of a theory: every topology, each with every one of <paramref name="values"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryTopologyAttribute(params object[] values) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
        => new(Topologies.All.SelectMany(Rows).ToList());

    public override bool SupportsDiscoveryEnumeration() => true;

    private IEnumerable<ITheoryDataRow> Rows(Topology topology)
        => values.Length == 0 ? [new TheoryDataRow(topology)] : values.Select(value => new TheoryDataRow(topology, value));
}
