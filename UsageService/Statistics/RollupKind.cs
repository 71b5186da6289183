namespace UsageService.Statistics;

/// <summary>Sums over the same calls, by more and by less: what asks for little reads few of them.</summary>
internal enum RollupKind
{
    /// <summary>By all that a call has.</summary>
    Full,

    /// <summary>By project, provider, model and status: what a picture of the whole is made of.</summary>
    Coarse,

    /// <summary>By all that a call has and one of its tags: a call is in as many as it has tags.</summary>
    Tagged,
}
