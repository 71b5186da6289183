namespace Gateway.Contracts.Usage;

/// <summary>Where the token counts of a record come from.</summary>
public enum UsageSource
{
    /// <summary>Nothing was used: the call failed before a provider did any work.</summary>
    None,

    /// <summary>The provider's own final numbers.</summary>
    Provider,

    /// <summary>The provider's numbers up to the point where the answer broke off.</summary>
    Partial,

    /// <summary>Counted by the gateway, because the provider gave no numbers.</summary>
    Estimated,

    /// <summary>An attempt that failed without a word of what it used, and may be billed all the same: the counts are what it may be. No client pays them.</summary>
    Unknown,
}
