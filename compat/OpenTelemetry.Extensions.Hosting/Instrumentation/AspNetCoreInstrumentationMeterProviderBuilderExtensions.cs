namespace OpenTelemetry.Metrics;

public static class AspNetCoreInstrumentationMeterProviderBuilderExtensions
{
    public static MeterProviderBuilder AddAspNetCoreInstrumentation(this MeterProviderBuilder builder)
        => builder.AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel");
}
