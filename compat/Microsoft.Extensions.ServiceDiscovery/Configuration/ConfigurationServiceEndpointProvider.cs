using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Extensions.ServiceDiscovery.Configuration;

internal sealed class ConfigurationServiceEndpointProvider(
    IConfiguration configuration, IOptions<ConfigurationServiceEndpointProviderOptions> options) : IServiceEndpointProvider
{
    private const string DefaultEndpointName = "default";

    public IChangeToken? Populate(ServiceEndpointQuery query, List<ResolvedServiceEndpoint> endpoints)
    {
        if (endpoints.Count > 0)
        {
            return null;
        }

        // Taken before reading: a reload in between makes the answer stale at once instead of for ever.
        var reload = configuration.GetReloadToken();
        var service = configuration.GetSection(options.Value.SectionName).GetSection(query.ServiceName);
        if (FindEndpoint(service, query) is { } section)
        {
            endpoints.AddRange(BestScheme(Read(section, query), query.Schemes));
        }

        return reload;
    }

    private static IConfigurationSection? FindEndpoint(IConfigurationSection service, ServiceEndpointQuery query)
    {
        IEnumerable<string> names = query.EndpointName is { } name ? [name] : [DefaultEndpointName, .. query.Schemes];
        return names.Select(service.GetSection).FirstOrDefault(section => section.Exists());
    }

    private List<ResolvedServiceEndpoint> Read(IConfigurationSection section, ServiceEndpointQuery query)
    {
        if (!string.IsNullOrWhiteSpace(section.Value))
        {
            return [ReadValue(section, query)];
        }

        return [.. section.GetChildren().Select(child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? ReadValue(child, query)
            : throw new KeyNotFoundException(
                $"The endpoint '{section.Path}' of service '{query.ServiceName}' has the key '{child.Key}' where a number is expected."))];
    }

    private ResolvedServiceEndpoint ReadValue(IConfigurationSection section, ServiceEndpointQuery query)
    {
        if (!ResolvedServiceEndpoint.TryParse(section.Value, out var endpoint))
        {
            throw new KeyNotFoundException($"'{section.Path}' of service '{query.ServiceName}' is not an address: '{section.Value}'.");
        }

        if (options.Value.ShouldApplyHostNameMetadata(endpoint))
        {
            endpoint.HostName = query.ServiceName;
        }

        return endpoint;
    }

    /// <summary>Keeps the endpoints of the best-ranked scheme that occurs, and those that name no scheme.</summary>
    private static IEnumerable<ResolvedServiceEndpoint> BestScheme(List<ResolvedServiceEndpoint> found, string[] schemes)
    {
        var best = schemes.FirstOrDefault(scheme => found.Exists(endpoint => endpoint.Scheme == scheme));
        return found.Where(endpoint => endpoint.Scheme is not { } scheme || scheme == best);
    }
}
