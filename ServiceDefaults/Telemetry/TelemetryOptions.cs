using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ServiceDefaults.Telemetry;

/// <summary>Section <c>Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>
    /// So many requests a second are traced, of those whose caller has not said whether they are to be: all of them where there are few, and a
    /// process is not slower for its traces where there are thousands. <c>OTEL_TRACES_SAMPLER</c> goes before it.
    /// </summary>
    [Range(0, 1_000_000)]
    public int TracesPerSecond { get; set; } = 100;
}

[OptionsValidator]
internal sealed partial class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>;
