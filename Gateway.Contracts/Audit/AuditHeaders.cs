namespace Gateway.Contracts.Audit;

/// <summary>What the Edge tells the services about an admin request. It takes the place of whatever the client sent under these names.</summary>
public static class AuditHeaders
{
    /// <summary>The administrator's name, escaped as in a URL.</summary>
    public const string Actor = "x-gateway-actor";

    public const string RequestId = "x-gateway-request-id";
}
