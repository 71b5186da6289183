namespace Aspire.Hosting.ApplicationModel;

internal static class ResourceExtensions
{
    /// <summary>The running copy's id where there is one, else the name.</summary>
    public static string GetResourceId(this IResource resource)
        => resource.Annotations.OfType<InstanceAnnotation>().SingleOrDefault()?.ResourceId ?? resource.Name;

    public static IEnumerable<EndpointReference> GetEndpoints(this IResourceWithEndpoints resource)
        => resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => new EndpointReference(resource, endpoint.Name));

    /// <summary>The endpoint named, or the one that a plain client takes: https before http.</summary>
    public static EndpointReference? ChooseHttpEndpoint(this IResourceWithEndpoints resource, string? endpointName = null)
    {
        string[] names = endpointName is null ? ["https", "http"] : [endpointName];
        return names.Select(name => new EndpointReference(resource, name)).FirstOrDefault(endpoint => endpoint.Exists);
    }

    public static bool HasSecret(object value) => value switch
    {
        SecretText => true,
        ParameterResource parameter => parameter.Secret,
        IValueWithReferences composed => composed.References.Any(HasSecret),
        _ => false,
    };

    public static async Task<Dictionary<string, object>> CollectEnvironmentAsync(
        this IResource resource, DistributedApplicationExecutionContext executionContext, CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(executionContext, resource, cancellationToken: cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        return context.EnvironmentVariables;
    }

    public static IReadOnlyList<object> CollectArguments(this IResource resource)
    {
        var arguments = new List<object>();
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            annotation.Callback(arguments);
        }

        return arguments;
    }
}
