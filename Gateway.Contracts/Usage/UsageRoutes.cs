namespace Gateway.Contracts.Usage;

/// <summary>Where UsageService answers the Edge.</summary>
public static class UsageRoutes
{
    public const string Records = "/internal/records";
}
