namespace OpenTelemetry.Trace;

public static class HttpClientInstrumentationTracerProviderBuilderExtensions
{
    /// <summary>HttpClient names and describes its spans itself since .NET 9.</summary>
    public static TracerProviderBuilder AddHttpClientInstrumentation(this TracerProviderBuilder builder)
        => builder.AddSource("System.Net.Http");
}
