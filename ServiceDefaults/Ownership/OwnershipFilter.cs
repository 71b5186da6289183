using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults.Ownership;

internal sealed class OwnershipFilter<TContext, TEntity>(string what, string idName) : IEndpointFilter
    where TContext : DbContext
    where TEntity : class, IOwned
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return !IsFree(http) && Guid.TryParse(http.GetRouteValue(idName) as string, out var id) && await FindOwnerAsync(http, id) == Owners.File
            ? OwnershipExtensions.Refusal($"This {what}")
            : await next(context);
    }

    private static bool IsFree(HttpContext http)
        => HttpMethods.IsGet(http.Request.Method)
            || HttpMethods.IsHead(http.Request.Method)
            || http.Request.IsByFile()
            || http.GetEndpoint()?.Metadata.GetMetadata<OperationalAct>() is not null;

    private static async Task<string?> FindOwnerAsync(HttpContext http, Guid id)
    {
        var databases = http.RequestServices.GetRequiredService<IDbContextFactory<TContext>>();
        await using var database = await databases.CreateDbContextAsync(http.RequestAborted);
        var isText = database.Model.FindEntityType(typeof(TEntity))?.FindPrimaryKey()?.Properties[0].ClrType == typeof(string);
        return (await database.Set<TEntity>().FindAsync([isText ? id.ToString() : id], http.RequestAborted))?.ManagedBy;
    }
}
