namespace Gateway.Contracts.Operations;

/// <summary>What a process of the gateway runs with.</summary>
public sealed record ProcessSettings(string Process, IReadOnlyList<EffectiveSetting> Settings);

/// <param name="Name">As in a settings file; in the environment, <c>__</c> stands for each colon.</param>
/// <param name="Value">Null for what is not set; <c>***</c> for every text that is not known to be no secret.</param>
/// <param name="Origin">default, file, environment, command line, or installation: made by the first start and kept in the data directory.</param>
/// <param name="Source">The file that it is in.</param>
public sealed record EffectiveSetting(string Name, string? Value, string Origin, string? Source = null);
