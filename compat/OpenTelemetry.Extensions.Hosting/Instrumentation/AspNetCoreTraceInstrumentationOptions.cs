using Microsoft.AspNetCore.Http;

namespace OpenTelemetry.Instrumentation.AspNetCore;

public class AspNetCoreTraceInstrumentationOptions
{
    /// <summary>Which requests are traced; null traces all.</summary>
    public Func<HttpContext, bool>? Filter { get; set; }
}
