using Microsoft.Extensions.Options;
using Microsoft.Extensions.ServiceDiscovery;
using Microsoft.Extensions.ServiceDiscovery.Http;

namespace Microsoft.Extensions.DependencyInjection;

public static class ServiceDiscoveryHttpClientBuilderExtensions
{
    /// <summary>Resolves the host of each request of this client as the name of a service.</summary>
    public static IHttpClientBuilder AddServiceDiscovery(this IHttpClientBuilder httpClientBuilder)
    {
        httpClientBuilder.Services.AddServiceDiscoveryCore();
        return httpClientBuilder.AddHttpMessageHandler(services => new ResolvingHttpDelegatingHandler(
            services.GetRequiredService<HttpServiceEndpointResolver>(), services.GetRequiredService<IOptions<ServiceDiscoveryOptions>>()));
    }
}
