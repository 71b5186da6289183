using Gateway.Simulator.Specs;

namespace Tests.Conformance;

/// <summary>Where a vendor's description is behind what the vendor takes, each with its evidence.</summary>
internal static class SpecGaps
{
    private static readonly (string Spec, string Text, string Evidence)[] Known = [];

    public static bool IsKnown(string spec, SpecViolation violation)
        => Known.Any(gap => gap.Spec == spec && violation.ToString().Contains(gap.Text, StringComparison.Ordinal));
}
