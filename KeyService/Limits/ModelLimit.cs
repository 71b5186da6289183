using Gateway.Contracts.Keys;

namespace KeyService.Limits;

/// <summary>Limits and a budget of a key for some models, beside those that it has for all.</summary>
/// <param name="Model">Exact, or with a trailing <c>*</c>: all models that it matches share these limits.</param>
internal sealed record ModelLimit(string Model, RateLimits Limits, Budget? Budget)
{
    public bool AppliesTo(string model) => ModelPattern.Candidates(model).Any(name => ModelPattern.Matches(Model, name));
}
