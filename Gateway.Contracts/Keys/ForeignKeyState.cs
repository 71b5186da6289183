namespace Gateway.Contracts.Keys;

/// <summary>Whether any key has a form that no checksum tells from nonsense.</summary>
public sealed record ForeignKeyState(bool Any);
