using System.Data.Common;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Audit;
using ServiceDefaults.Http;

namespace ServiceDefaults.Changes;

/// <summary>
/// <c>Idempotency-Key</c> on a POST: whoever sends the same again is given the first answer, and nothing is done twice. Of one process, the
/// second waits for the first; of two, it may be told to come again.
/// </summary>
internal sealed partial class IdempotencyFilter(AuditedResource resource) : IEndpointFilter
{
    /// <summary>Keys that share a turn wait for one another, which harms nobody: changes are made one at a time anyway.</summary>
    private static readonly SemaphoreSlim[] Turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!HttpMethods.IsPost(http.Request.Method) || !http.Request.Headers.ContainsKey(IdempotentTry.HeaderName) || AuditScope.Current is not { } scope)
        {
            return await next(context);
        }

        var body = await ReadBodyAsync(http.Request, http.RequestAborted);
        if (IdempotentTry.Read(http.Request, body, http.RequestServices.GetRequiredService<TimeProvider>()) is not { } attempt)
        {
            return AdminProblem.Invalid(new Dictionary<string, string> { [IdempotentTry.HeaderName] = "1 to 255 printable ASCII characters." });
        }

        var chain = http.RequestServices.GetServices<AuditChain>().Single(chain => chain.ContextType == resource.ContextType);
        var turn = Turns[attempt.Id[0] % Turns.Length];
        await turn.WaitAsync(http.RequestAborted);
        try
        {
            return await FindAsync(http, chain, scope, attempt) ?? await CarryOutAsync(context, next, chain, scope, attempt);
        }
        finally
        {
            turn.Release();
        }
    }

    private static async Task<object?> CarryOutAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next, AuditChain chain, AuditScope scope, IdempotentTry attempt)
    {
        var http = context.HttpContext;
        Detach(context);
        scope.Add(attempt);
        object? result;
        try
        {
            result = await next(context);
        }
        catch (CarriedOutException)
        {
            return await FindAsync(http, chain, scope, attempt);
        }

        if (AdminAnswers.StatusOf(http, result) >= StatusCodes.Status400BadRequest || result is not IResult answer)
        {
            return result;
        }

        var kept = await KeptAnswer.CaptureAsync(http, answer);
        try
        {
            using (AuditScope.Suspend())
            {
                await using var database = await chain.OpenAsync(CancellationToken.None);
                await attempt.KeepAsync(database, kept.Seal(attempt, chain.Keys), CancellationToken.None);
            }
        }
        catch (DbException exception)
        {
            // What was asked for is done, and whoever asks again learns that it is.
            LogUnkept(http.RequestServices.GetRequiredService<ILogger<IdempotencyFilter>>(), exception, resource: http.Request.Path);
        }

        return kept;
    }

    /// <summary>The answer to a request that was carried out before; null for a new one.</summary>
    private static async Task<object?> FindAsync(HttpContext http, AuditChain chain, AuditScope scope, IdempotentTry attempt)
    {
        await using var database = await chain.OpenAsync(http.RequestAborted);
        if (await attempt.FindAsync(database, http.RequestAborted) is not { } row)
        {
            return null;
        }

        if (!attempt.HasBodyOf(row))
        {
            return AdminProblem.Unprocessable("idempotency_key_reused", "This Idempotency-Key came with another body before: a new request needs a new key.");
        }

        if (row.Answer is not { } box || KeptAnswer.Open(box, attempt, chain.Keys) is not { } answer)
        {
            return AdminProblem.Conflict(
                "A request with this Idempotency-Key was carried out, and its answer is not here: it is still being written, or it is lost. Look for what it made.");
        }

        scope.WasMadeBefore();
        http.Response.Headers[IdempotentTry.ReplayedHeaderName] = "true";
        return answer;
    }

    /// <summary>A client that gives up waiting is the one that will ask again: what it began goes on to its answer.</summary>
    private static void Detach(EndpointFilterInvocationContext context)
    {
        context.HttpContext.RequestAborted = CancellationToken.None;
        for (var index = 0; index < context.Arguments.Count; index++)
        {
            if (context.Arguments[index] is CancellationToken)
            {
                context.Arguments[index] = CancellationToken.None;
            }
        }
    }

    private static async Task<byte[]> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        var bytes = body.ToArray();
        request.Body = new MemoryStream(bytes);
        return bytes;
    }

    [LoggerMessage(LogLevel.Warning, "The answer to {Resource} cannot be kept: a repeated request will learn that it was carried out, and no more.")]
    private static partial void LogUnkept(ILogger logger, Exception exception, string resource);
}
