namespace Gateway.Contracts.Keys;

/// <summary>What the Edge tells the services about the rights of an administrator. It takes the place of whatever the client sent under these names.</summary>
public static class AdminHeaders
{
    /// <summary>The id of the one project that the administrator may see; absent for those who may see all.</summary>
    public const string Project = "x-gateway-project";
}
