using Microsoft.AspNetCore.Builder;

namespace ServiceDefaults.Authorization;

public static class AccessExtensions
{
    /// <summary>Says who may use the endpoint, or every endpoint of the group; what an endpoint says of itself goes before its group.</summary>
    public static TBuilder WithAccess<TBuilder>(this TBuilder endpoint, Access access)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new AccessMetadata(access));
}

/// <summary>On an endpoint: who may use it.</summary>
public sealed record AccessMetadata(Access Access);
