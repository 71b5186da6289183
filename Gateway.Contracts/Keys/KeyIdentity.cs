using Gateway.Contracts.Contents;
using Gateway.Contracts.Routing;

namespace Gateway.Contracts.Keys;

/// <summary>Who is calling.</summary>
public sealed record KeyIdentity(Guid KeyId, string Name)
{
    /// <summary>Null for a key that stands alone.</summary>
    public Guid? ProjectId { get; init; }

    public string? ProjectName { get; init; }

    /// <summary>What is done with its calls to models without a price; null leaves that to the gateway.</summary>
    public UnpricedPolicy? Unpriced { get; init; }

    /// <summary>Its project wants the content of its calls kept; null, and so by default, not.</summary>
    public ContentRules? Content { get; init; }
}
