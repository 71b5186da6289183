using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RoutingService.Dispatching;

/// <summary>Section <c>Routing:Retry</c>: how far a call goes to get an answer; an alias may set its own.</summary>
internal sealed class DispatchOptions
{
    public const string Section = "Routing:Retry";

    /// <summary>Of one call, over all targets.</summary>
    [Range(1, 20)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Models asked instead of the one that was wanted.</summary>
    [Range(0, 100)]
    public int MaxFallbacks { get; set; } = 5;

    /// <summary>Until an answer begins, waits and all attempts included.</summary>
    [Range(0.1, 3600)]
    public double DeadlineSeconds { get; set; } = 600;

    /// <summary>The longest wait before the first repetition on the same target; it doubles with each.</summary>
    [Range(1, 60_000)]
    public int BackoffMilliseconds { get; set; } = 500;

    [Range(0.1, 300)]
    public double MaxBackoffSeconds { get; set; } = 30;

    /// <summary>What a target rests after a 429 that names no time.</summary>
    [Range(0.1, 300)]
    public double RateLimitRestSeconds { get; set; } = 1;
}

[OptionsValidator]
internal sealed partial class DispatchOptionsValidator : IValidateOptions<DispatchOptions>;
