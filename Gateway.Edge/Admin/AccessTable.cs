using System.Collections.Frozen;
using ServiceDefaults.Authorization;

namespace Gateway.Edge.Admin;

/// <summary>Who may use what is mapped. Where nothing is, nothing is to be had; but what is not there, only those learn who may see its neighbours.</summary>
internal sealed partial class AccessTable(EndpointDataSource endpoints, ILogger<AccessTable> logger)
{
    private const string WrongMethod = "405 HTTP Method Not Supported";
    private const string WrongMediaType = "415 HTTP Unsupported Media Type";

    private readonly Lazy<FrozenSet<string>> _adminAreas = new(() => FindAdminAreas(endpoints));

    /// <summary>Null for an endpoint that does not say: nobody may.</summary>
    public Access? Find(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<AccessMetadata>() is { Access: var access })
        {
            return access;
        }

        // Routing's own answers, which have no place of their own.
        if (endpoint is null or { DisplayName: WrongMethod or WrongMediaType } and not RouteEndpoint)
        {
            return _adminAreas.Value.Contains(FirstWord(context.Request.Path.Value)) ? Access.SignedIn : Access.Public;
        }

        LogUndeclared(endpoint.DisplayName);
        return null;
    }

    private static FrozenSet<string> FindAdminAreas(EndpointDataSource endpoints) => endpoints.Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<AccessMetadata>() is { Access: not (Access.Public or Access.VirtualKey) })
        .Select(endpoint => FirstWord(endpoint.RoutePattern.RawText))
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static string FirstWord(string? path)
    {
        var start = path.AsSpan().TrimStart('/');
        var end = start.IndexOf('/');
        return (end < 0 ? start : start[..end]).ToString();
    }

    [LoggerMessage(LogLevel.Error, "{Endpoint} does not say who may use it, and so nobody may.")]
    private partial void LogUndeclared(string? endpoint);
}
