namespace Gateway.Configuration.Plans;

/// <summary>How far an application has come.</summary>
/// <param name="Change">The one that was just made, or failed.</param>
/// <param name="Done">How many were made.</param>
/// <param name="Fault">Why it failed; null where it was made.</param>
public sealed record ApplyProgress(ConfigurationChange Change, int Done, int Total, string? Fault = null);

/// <summary>What an application came to. After a failure the gateway is as the changes before it have made it: plan again, and apply.</summary>
public sealed record ApplyResult(IReadOnlyList<ConfigurationChange> Applied, ConfigurationChange? Failed, string? Fault, IReadOnlyList<ConfigurationChange> Remaining)
{
    public bool IsComplete => Failed is null;

    /// <summary>It failed for a reason that is not in the change: a later try may succeed.</summary>
    public bool IsPassing { get; init; }
}
