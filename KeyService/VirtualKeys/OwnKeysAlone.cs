using KeyService.Data;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Authorization;

namespace KeyService.VirtualKeys;

/// <summary>For the administrators of a project there are no keys but its own, whatever would be done with one.</summary>
internal sealed class OwnKeysAlone(IDbContextFactory<KeyDbContext> databases) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (ProjectScope.Of(http.Request) is { } own && Guid.TryParse(http.GetRouteValue("id") as string, out var id))
        {
            await using var database = await databases.CreateDbContextAsync(http.RequestAborted);
            if (!await database.VirtualKeys.AnyAsync(key => key.Id == id && key.ProjectId == own, http.RequestAborted))
            {
                return VirtualKeyStore.NoSuch(id);
            }
        }

        return await next(context);
    }
}
