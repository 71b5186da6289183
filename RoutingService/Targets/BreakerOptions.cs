using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace RoutingService.Targets;

/// <summary>Section <c>Routing:Breaker</c>: when a target is left alone, and for how long.</summary>
internal sealed class BreakerOptions
{
    public const string Section = "Routing:Breaker";

    /// <summary>So many failures in a row, however few calls there are.</summary>
    [Range(1, 1000)]
    public int ConsecutiveFailures { get; set; } = 3;

    /// <summary>More than this share of the calls in the window, when there were at least <see cref="MinRequests"/>.</summary>
    [Range(1, 100)]
    public int FailurePercent { get; set; } = 50;

    [Range(1, 100_000)]
    public int MinRequests { get; set; } = 10;

    [Range(1, 3600)]
    public int WindowSeconds { get; set; } = 60;

    /// <summary>The first rest; each one that follows without recovery is twice as long, up to <see cref="MaxCooldownSeconds"/>.</summary>
    [Range(0.05, 3600)]
    public double CooldownSeconds { get; set; } = 30;

    [Range(0.05, 86_400)]
    public double MaxCooldownSeconds { get; set; } = 300;

    /// <summary>How many calls may try a target at once that has rested.</summary>
    [Range(1, 100)]
    public int Probes { get; set; } = 1;

    /// <summary>How many of them have to succeed before it is used as before.</summary>
    [Range(1, 100)]
    public int SuccessThreshold { get; set; } = 3;

    /// <summary>For a credential whose account has no credit left, which seldom heals sooner.</summary>
    [Range(1, 86_400)]
    public double QuotaRestSeconds { get; set; } = 300;

    /// <summary>No provider may send a target away for longer.</summary>
    [Range(1, 86_400)]
    public double MaxRetryAfterSeconds { get; set; } = 600;

    [JsonIgnore]
    public TimeSpan Cooldown => TimeSpan.FromSeconds(CooldownSeconds);

    [JsonIgnore]
    public TimeSpan MaxCooldown => TimeSpan.FromSeconds(MaxCooldownSeconds);

    [JsonIgnore]
    public TimeSpan QuotaRest => TimeSpan.FromSeconds(QuotaRestSeconds);

    [JsonIgnore]
    public TimeSpan MaxRetryAfter => TimeSpan.FromSeconds(MaxRetryAfterSeconds);
}

[OptionsValidator]
internal sealed partial class BreakerOptionsValidator : IValidateOptions<BreakerOptions>;
