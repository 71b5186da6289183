using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RoutingService.Health;

/// <summary>Section <c>Routing:Health</c>: how often providers are asked whether they are there, and what their answer is good for.</summary>
internal sealed class HealthOptions
{
    public const string Section = "Routing:Health";

    /// <summary>Without it, providers are checked on demand alone.</summary>
    public bool Enabled { get; set; } = true;

    [Range(0.1, 86_400)]
    public double IntervalSeconds { get; set; } = 30;

    /// <summary>For a provider that is not well, or of which a target rests after failures.</summary>
    [Range(0.1, 86_400)]
    public double RecoverySeconds { get; set; } = 5;

    /// <summary>So many failed checks in a row, and no call is sent to it until one succeeds.</summary>
    [Range(1, 100)]
    public int FailuresToMark { get; set; } = 2;

    /// <summary>A check that is not answered by then has failed.</summary>
    [Range(0.1, 300)]
    public double TimeoutSeconds { get; set; } = 5;

    [Range(1, 1000)]
    public int MaxParallel { get; set; } = 8;

    /// <summary>A provider that does not know the question is asked for one token, which is paid for.</summary>
    public bool ActiveProbes { get; set; }

    /// <summary>For the tokens of active probes, in each process, from midnight to midnight UTC.</summary>
    [Range(typeof(decimal), "0", "1000000", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public decimal MaxProbeUsdPerDay { get; set; } = 0.10m;

    public TimeSpan Interval => TimeSpan.FromSeconds(IntervalSeconds);

    public TimeSpan Recovery => TimeSpan.FromSeconds(RecoverySeconds);
}

[OptionsValidator]
internal sealed partial class HealthOptionsValidator : IValidateOptions<HealthOptions>;
