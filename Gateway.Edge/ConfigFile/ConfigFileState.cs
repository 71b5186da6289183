using Gateway.Configuration;

namespace Gateway.Edge.ConfigFile;

/// <summary>How it stands with the configuration file; replaced whole.</summary>
internal sealed record ConfigFileState
{
    public static ConfigFileState None { get; } = new();

    /// <summary>Whether the gateway has what a file said, be it an earlier one.</summary>
    public bool IsApplied => AppliedAt is not null;

    /// <summary>SHA-256 of the file that is in force.</summary>
    public string? Hash { get; init; }

    public DateTime? AppliedAt { get; init; }

    /// <summary>How many things it changed.</summary>
    public int Changes { get; init; }

    /// <summary>Of the newest file, where it is not in force.</summary>
    public IReadOnlyList<ConfigurationFault> Faults { get; init; } = [];

    public IReadOnlyList<string> RestartNotes { get; init; } = [];
}
