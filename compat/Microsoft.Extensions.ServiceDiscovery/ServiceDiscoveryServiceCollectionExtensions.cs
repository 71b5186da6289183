using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.ServiceDiscovery;
using Microsoft.Extensions.ServiceDiscovery.Configuration;
using Microsoft.Extensions.ServiceDiscovery.Http;
using Microsoft.Extensions.ServiceDiscovery.PassThrough;

namespace Microsoft.Extensions.DependencyInjection;

public static class ServiceDiscoveryServiceCollectionExtensions
{
    /// <summary>Resolves names by the configuration section <c>Services</c>, and leaves unknown ones as they are.</summary>
    public static IServiceCollection AddServiceDiscovery(this IServiceCollection services)
        => services.AddServiceDiscoveryCore().AddConfigurationServiceEndpointProvider().AddPassThroughServiceEndpointProvider();

    /// <inheritdoc cref="AddServiceDiscovery(IServiceCollection)"/>
    public static IServiceCollection AddServiceDiscovery(
        this IServiceCollection services, Action<ServiceDiscoveryOptions> configureOptions)
        => services.AddServiceDiscovery().Configure(configureOptions);

    /// <summary>The resolver without any provider.</summary>
    public static IServiceCollection AddServiceDiscoveryCore(this IServiceCollection services)
    {
        services.AddOptions();
        services.TryAddSingleton<HttpServiceEndpointResolver>();
        return services;
    }

    /// <inheritdoc cref="AddServiceDiscoveryCore(IServiceCollection)"/>
    public static IServiceCollection AddServiceDiscoveryCore(
        this IServiceCollection services, Action<ServiceDiscoveryOptions> configureOptions)
        => services.AddServiceDiscoveryCore().Configure(configureOptions);

    public static IServiceCollection AddConfigurationServiceEndpointProvider(this IServiceCollection services)
    {
        services.AddServiceDiscoveryCore();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceEndpointProvider, ConfigurationServiceEndpointProvider>());
        return services;
    }

    public static IServiceCollection AddConfigurationServiceEndpointProvider(
        this IServiceCollection services, Action<ConfigurationServiceEndpointProviderOptions> configureOptions)
        => services.AddConfigurationServiceEndpointProvider().Configure(configureOptions);

    public static IServiceCollection AddPassThroughServiceEndpointProvider(this IServiceCollection services)
    {
        services.AddServiceDiscoveryCore();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceEndpointProvider, PassThroughServiceEndpointProvider>());
        return services;
    }
}
