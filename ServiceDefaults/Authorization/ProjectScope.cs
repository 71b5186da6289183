using Gateway.Contracts.Keys;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Authorization;

/// <summary>Which part of a service's things an administrator may see, as the Edge says it.</summary>
public static class ProjectScope
{
    /// <summary>Null for all. What cannot be read is a project that there is not.</summary>
    public static Guid? Of(HttpRequest request) => request.Headers[AdminHeaders.Project] is { Count: > 0 } header
        ? Guid.TryParseExact(header.ToString(), "D", out var id) ? id : Guid.Empty
        : null;
}
