namespace Gateway.Contracts.Keys;

/// <summary>A stream wants to go on beyond what is set aside for it.</summary>
public sealed record LeaseExtension(Guid CallId, long Tokens, NanoUsd Cost);

/// <summary>Refused when the budget has no more to give.</summary>
public sealed record ExtensionOutcome(bool Granted, NanoUsd ReservedCost);
