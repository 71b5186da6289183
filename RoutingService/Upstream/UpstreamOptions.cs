using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace RoutingService.Upstream;

/// <summary>Section <c>Routing:Upstream</c>: how long to wait for a provider in each phase, and how much to take from it.</summary>
internal sealed class UpstreamOptions
{
    public const string Section = "Routing:Upstream";
    private const int Mega = 1024 * 1024;

    /// <summary>Name, connection and TLS together.</summary>
    [Range(0.1, 60)]
    public double ConnectSeconds { get; set; } = 3;

    /// <summary>Of a stream: from the request to its status.</summary>
    [Range(0.1, 3600)]
    public double HeadersSeconds { get; set; } = 60;

    /// <summary>Of a stream: from its status to its first event.</summary>
    [Range(0.1, 3600)]
    public double FirstEventSeconds { get; set; } = 120;

    /// <summary>Of an answer that is no stream: all of it.</summary>
    [Range(0.1, 3600)]
    public double WholeAnswerSeconds { get; set; } = 600;

    /// <summary>Between two pieces of a stream.</summary>
    [Range(0.1, 3600)]
    public double IdleSeconds { get; set; } = 60;

    /// <summary>Between two pieces with something to read in them: pings keep a stream open for so long.</summary>
    [Range(0.1, 3600)]
    public double ContentIdleSeconds { get; set; } = 300;

    /// <summary>The whole exchange.</summary>
    [Range(0.1, 86400)]
    public double TotalSeconds { get; set; } = 600;

    /// <summary>The whole exchange of a stream.</summary>
    [Range(0.1, 86400)]
    public double StreamTotalSeconds { get; set; } = 3600;

    /// <summary>A connection serves so long, so that a provider's new address is found.</summary>
    [Range(1, 3600)]
    public double ConnectionLifetimeSeconds { get; set; } = 120;

    /// <summary>As it is read: what comes compressed counts with its full length.</summary>
    [Range(1, 1024)]
    public int MaxAnswerMegabytes { get; set; } = 64;

    /// <summary>One event of a stream.</summary>
    [Range(1, 256)]
    public int MaxEventMegabytes { get; set; } = 4;

    [Range(1, 1024)]
    public int MaxHeaderKilobytes { get; set; } = 64;

    [JsonIgnore]
    public int MaxAnswerBytes => MaxAnswerMegabytes * Mega;

    [JsonIgnore]
    public int MaxEventBytes => MaxEventMegabytes * Mega;
}

[OptionsValidator]
internal sealed partial class UpstreamOptionsValidator : IValidateOptions<UpstreamOptions>;
