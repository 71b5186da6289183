namespace Tests.Ledger;

/// <summary>The ledger and the naive rules disagree.</summary>
internal sealed class SimulationFailedException(string message) : Exception(message);
