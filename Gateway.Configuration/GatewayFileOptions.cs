namespace Gateway.Configuration;

/// <summary>How a file is read.</summary>
public sealed record GatewayFileOptions
{
    /// <summary>A variable's value; null where it is not set. Without it, those of the process.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>False where only the form is looked at, and the secrets are elsewhere: such a file cannot be applied.</summary>
    public bool ResolvesReferences { get; init; } = true;
}
