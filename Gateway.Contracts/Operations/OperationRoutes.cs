namespace Gateway.Contracts.Operations;

/// <summary>Where every service tells the Edge of itself.</summary>
public static class OperationRoutes
{
    public const string Health = "/internal/operations/health";
    public const string Settings = "/internal/operations/settings";
    public const string Description = "/internal/operations/description";
}
