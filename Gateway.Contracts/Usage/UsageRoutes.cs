namespace Gateway.Contracts.Usage;

/// <summary>Where UsageService answers the Edge, and the services that make changes.</summary>
public static class UsageRoutes
{
    public const string Records = "/internal/records";
    public const string Contents = "/internal/contents";
    public const string Audit = "/internal/audit";
    public const string AuditCopy = "/internal/audit/copy";
    public const string AuditSeals = "/internal/audit/seals";
}
