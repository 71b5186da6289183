namespace Gateway.Cli.Invocation;

/// <summary>How a command ends, in the numbers of sysexits.h where it has one.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;

    /// <summary>The gateway is not as the file says.</summary>
    public const int Changes = 2;

    public const int Usage = 64;
    public const int Unavailable = 69;
    public const int NotAllowed = 77;
    public const int Interrupted = 130;
}
