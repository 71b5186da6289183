using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Http;

namespace ServiceDefaults.Ownership;

public static class OwnershipExtensions
{
    /// <summary>What belongs to the configuration file is changed there: a request without <see cref="Owners.Header"/> that would change it is a 409.</summary>
    /// <param name="group">Of one kind of thing.</param>
    /// <param name="what">How that is called.</param>
    /// <param name="idName">The part of the route that has its id.</param>
    public static RouteGroupBuilder WithOwner<TContext, TEntity>(this RouteGroupBuilder group, string what, string idName = "id")
        where TContext : DbContext
        where TEntity : class, IOwned
        => group.AddEndpointFilter(new OwnershipFilter<TContext, TEntity>(what, idName));

    /// <summary>It changes how the thing is at this moment, and not what it is: anybody's, whoever owns it.</summary>
    public static TBuilder IsOperational<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(OperationalAct.Instance);

    /// <summary>Whoever applies the file says so.</summary>
    public static bool IsByFile(this HttpRequest request) => request.Headers[Owners.Header] == Owners.File;

    /// <summary>The field <c>managed_by</c>.</summary>
    public static void Owner(this FieldReader fields, Action<string?> set) => fields.Text("managed_by", Owners.MaxNameLength, owner =>
    {
        if (owner is null or Owners.File)
        {
            set(owner);
        }
        else
        {
            fields.Fault("managed_by", $"'{Owners.File}' or null.");
        }
    });

    public static ProblemHttpResult Refusal(string what)
        => AdminProblem.Conflict($"{what} belongs to the configuration file: edit gateway.yaml and apply it. "
            + $"A request with the header '{Owners.Header}: {Owners.File}' changes it all the same, until the file is applied again.");
}

internal sealed class OperationalAct
{
    public static OperationalAct Instance { get; } = new();
}
