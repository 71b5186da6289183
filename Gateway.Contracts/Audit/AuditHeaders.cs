namespace Gateway.Contracts.Audit;

/// <summary>What the Edge tells the services about an admin request. It takes the place of whatever the client sent under these names.</summary>
public static class AuditHeaders
{
    /// <summary>The administrator's name, escaped as in a URL.</summary>
    public const string Actor = "x-gateway-actor";

    /// <summary>Which of the administrator's secrets it was.</summary>
    public const string ActorKey = "x-gateway-actor-key";

    /// <summary>The client's address.</summary>
    public const string Source = "x-gateway-source";

    /// <summary>The kind of program that the client is.</summary>
    public const string Client = "x-gateway-client";

    public const string RequestId = "x-gateway-request-id";

    public static IReadOnlyList<string> All { get; } = [Actor, ActorKey, Source, Client, RequestId];
}
