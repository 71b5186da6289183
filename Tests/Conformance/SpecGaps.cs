using Gateway.Simulator.Specs;

namespace Tests.Conformance;

/// <summary>Where a vendor's description is behind what the vendor takes, each with its evidence.</summary>
internal static class SpecGaps
{
    private static readonly (string Spec, string Text, string Evidence)[] Known =
    [
        (SpecNames.ChatRequest, ".cache_control is a field", "clients of aggregators send it; a client of the provider's own speech is passed through"),
        (SpecNames.ChatRequest, ".reasoning_content is a field", "the client's own, as above"),
        (SpecNames.ChatRequest, ".reasoning_details is a field", "the client's own, as above"),
        (SpecNames.ChatRequest, ".reasoning is a field", "OpenRouter's documentation of reasoning tokens"),
        (SpecNames.ChatRequest, "$.top_k is a field", "OpenRouter's, Together's, DeepInfra's and vLLM's documentation of sampling"),
    ];

    public static bool IsKnown(string spec, SpecViolation violation)
        => Known.Any(gap => gap.Spec == spec && violation.ToString().Contains(gap.Text, StringComparison.Ordinal));
}
