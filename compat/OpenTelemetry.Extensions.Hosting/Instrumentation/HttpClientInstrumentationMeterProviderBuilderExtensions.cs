namespace OpenTelemetry.Metrics;

public static class HttpClientInstrumentationMeterProviderBuilderExtensions
{
    public static MeterProviderBuilder AddHttpClientInstrumentation(this MeterProviderBuilder builder)
        => builder.AddMeter("System.Net.Http");
}
