using Gateway.Contracts.Keys;

namespace Gateway.Edge.Responses;

/// <summary>Keys of one project share what is stored; a key that stands alone keeps it to itself.</summary>
internal static class Tenants
{
    public static Guid Of(KeyIdentity key) => key.ProjectId ?? key.KeyId;
}
