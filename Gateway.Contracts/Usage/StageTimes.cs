namespace Gateway.Contracts.Usage;

/// <summary>The gateway's own time before the first byte of an answer, by what it was spent on.</summary>
/// <param name="ReadMs">Until the body was received and scanned: a slow client's time is in it.</param>
/// <param name="AdmitMs">The key, its limits and its budgets.</param>
/// <param name="RouteMs">Choosing a target and translating for it; the waiting for providers is not in it.</param>
public sealed record StageTimes(double ReadMs, double AdmitMs, double RouteMs);
