using ServiceDefaults.Authorization;

namespace KeyService.Projects;

/// <summary>For the administrators of a project there is no other one.</summary>
internal sealed class OwnProjectAlone : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return ProjectScope.Of(http.Request) is { } own && Guid.TryParse(http.GetRouteValue("id") as string, out var id) && id != own
            ? ValueTask.FromResult<object?>(ProjectStore.NoSuch(id))
            : next(context);
    }
}
