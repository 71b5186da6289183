using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    private const string Reference = "Reference";

    /// <summary>Tells a resource where every endpoint of another is.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
        => builder.WithReference(source, source.Resource.Name);

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name)
        where TDestination : IResourceWithEnvironment
        => builder.AddEndpoints(source.Resource, name, source.Resource.GetEndpoints);

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment
        => builder.AddEndpoints(endpointReference.Resource, endpointReference.Resource.Name, () => [endpointReference]);

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null,
        bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        var resource = source.Resource;
        var variable = resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{connectionName ?? resource.Name}";
        return builder.WithAnnotation(new ResourceRelationshipAnnotation(resource, Reference)).WithEnvironment(async context =>
        {
            if (!optional || context.ExecutionContext.IsPublishMode || await IsPresentAsync(resource, context.CancellationToken))
            {
                context.EnvironmentVariables[variable] = resource;
            }
        });
    }

    private static async Task<bool> IsPresentAsync(IResourceWithConnectionString resource, CancellationToken cancellationToken)
    {
        try
        {
            return !string.IsNullOrEmpty(await resource.GetConnectionStringAsync(cancellationToken));
        }
        catch (DistributedApplicationException)
        {
            return false;
        }
    }

    /// <summary>Two names for each address: the one that service discovery reads, and a plain one for anything else.</summary>
    private static IResourceBuilder<TDestination> AddEndpoints<TDestination>(
        this IResourceBuilder<TDestination> builder, IResource source, string name, Func<IEnumerable<EndpointReference>> endpoints)
        where TDestination : IResourceWithEnvironment
        => builder.WithAnnotation(new ResourceRelationshipAnnotation(source, Reference)).WithEnvironment(context =>
        {
            foreach (var endpoint in endpoints())
            {
                context.EnvironmentVariables[$"{ToVariable(name)}_{ToVariable(endpoint.EndpointName)}"] = endpoint;

                var service = $"services__{name}__{(endpoint.EndpointName is "http" or "https" ? endpoint.Scheme : endpoint.EndpointName)}";
                var index = 0;
                while (!context.EnvironmentVariables.TryAdd($"{service}__{index}", endpoint)
                    && !IsSame(context.EnvironmentVariables[$"{service}__{index}"], endpoint))
                {
                    index++;
                }
            }
        });

    /// <summary>A resource that is referenced twice is still one address.</summary>
    private static bool IsSame(object value, EndpointReference endpoint)
        => value is EndpointReference other && other.Resource == endpoint.Resource && other.EndpointName == endpoint.EndpointName;

    private static string ToVariable(string name)
        => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
}
