using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Instrumentation.AspNetCore;

namespace OpenTelemetry.Trace;

public static class AspNetCoreInstrumentationTracerProviderBuilderExtensions
{
    public static TracerProviderBuilder AddAspNetCoreInstrumentation(this TracerProviderBuilder builder)
        => builder.AddAspNetCoreInstrumentation(configureAspNetCoreTraceInstrumentationOptions: null);

    public static TracerProviderBuilder AddAspNetCoreInstrumentation(
        this TracerProviderBuilder builder,
        Action<AspNetCoreTraceInstrumentationOptions>? configureAspNetCoreTraceInstrumentationOptions)
        => builder.AddSource("Microsoft.AspNetCore").ConfigureServices(services =>
        {
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, RequestSpanStartupFilter>());
            if (configureAspNetCoreTraceInstrumentationOptions is { } configure)
            {
                services.Configure(configure);
            }
        });
}
