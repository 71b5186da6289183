using ServiceDefaults.Http;

namespace KeyService.Ledger;

/// <summary>503 from a process that stands by: what it knows of keys may be out of date.</summary>
internal sealed class ActiveOnly(LedgerDuty duty) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        => duty.IsActive ? next(context) : ValueTask.FromResult<object?>(AdminProblem.Unavailable("This KeyService stands by for another one."));
}
