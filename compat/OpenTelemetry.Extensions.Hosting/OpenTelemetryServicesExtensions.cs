using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

public static class OpenTelemetryServicesExtensions
{
    public static OpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
    {
        if (!services.Any(service => service.ImplementationType == typeof(TelemetryHostedService)))
        {
            // First, so that telemetry of the other hosted services' start is not lost.
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TelemetryHostedService>());
        }

        return new OpenTelemetryBuilder(services);
    }
}
