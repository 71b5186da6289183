using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Audit;
using ServiceDefaults.Http;

namespace ServiceDefaults.Changes;

/// <summary>
/// <c>ETag</c> on the answers about one thing, <c>If-Match</c> on its changes. It is looked at before anything is done, and once more in
/// the transaction of the change, where nobody can come in between.
/// </summary>
internal sealed class VersionFilter(AuditedResource resource) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        object? result;
        try
        {
            result = await CheckAsync(http) ?? await next(context);
        }
        catch (PreconditionFailedException)
        {
            return Failed();
        }

        if (AdminAnswers.ValueOf(result) is IVersionedView { Version: var version })
        {
            http.Response.Headers.ETag = EntityTag.Of(version);
        }

        return result;
    }

    /// <summary>Null where nothing speaks against it.</summary>
    private async Task<ProblemHttpResult?> CheckAsync(HttpContext http)
    {
        var header = http.Request.Headers.IfMatch;
        if (header.Count == 0 || AuditScope.Current is not { } scope)
        {
            return null;
        }

        if (!EntityTag.TryRead(header!, out var tags))
        {
            return AdminProblem.Invalid(new Dictionary<string, string> { ["If-Match"] = "The ETag of an answer, several of them with commas between, or *." });
        }

        if (tags is null || !Guid.TryParse(http.GetRouteValue("id") as string, out var id))
        {
            return null;
        }

        var condition = new Precondition(resource, tags);
        scope.Add(condition);
        var chain = http.RequestServices.GetServices<AuditChain>().Single(chain => chain.ContextType == resource.ContextType);
        await using var database = await chain.OpenAsync(http.RequestAborted);
        return await condition.HoldsAsync(database, id, http.RequestAborted) ? null : Failed();
    }

    private static ProblemHttpResult Failed()
        => AdminProblem.PreconditionFailed("It was changed after the state that 'If-Match' names: read it again, and decide whether the change still makes sense.");
}
