namespace OpenTelemetry.Metrics;

public static class RuntimeInstrumentationMeterProviderBuilderExtensions
{
    public static MeterProviderBuilder AddRuntimeInstrumentation(this MeterProviderBuilder builder) => builder.AddMeter("System.Runtime");
}
