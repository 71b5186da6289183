using Gateway.Simulator.Ledger;

namespace Gateway.Simulator.Exchanges;

/// <summary>A path that no protocol has: whoever calls it, the caller has a fault.</summary>
internal static class UnknownPath
{
    public static Task Answer(HttpContext context)
    {
        context.Features.Get<ReceivedRequest>()?.IsUnexpected = true;
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return context.Response.WriteAsync(
            $"The simulator has nothing at {context.Request.Method} {context.Request.Path}.\n", context.RequestAborted);
    }
}
