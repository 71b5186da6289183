using KeyService.Data;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Http;
using ServiceDefaults.Ownership;

namespace KeyService.EnvironmentKeys;

/// <summary>A key of the environment is what that says: the admin API shows it, and changes nothing of it.</summary>
internal sealed class EnvironmentKeyFilter(IDbContextFactory<KeyDbContext> databases) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (HttpMethods.IsGet(request.Method) || !Guid.TryParse(request.RouteValues["id"] as string, out var id))
        {
            return await next(context);
        }

        await using var database = await databases.CreateDbContextAsync(request.HttpContext.RequestAborted);
        return await database.VirtualKeys.AnyAsync(
            key => key.Id == id && key.ManagedBy == Owners.Environment && key.RevokedAt == null, request.HttpContext.RequestAborted)
            ? AdminProblem.Conflict("This key is of the environment of the gateway: change AUTH_KEY there, or the file that has it, and POST /auth/reload-keys.")
            : await next(context);
    }
}
