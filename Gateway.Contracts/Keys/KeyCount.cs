namespace Gateway.Contracts.Keys;

/// <param name="Valid">Keys that may call now.</param>
public sealed record KeyCount(int Valid);
