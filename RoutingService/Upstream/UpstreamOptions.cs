using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RoutingService.Upstream;

/// <summary>Section <c>Routing:Upstream</c>: how long to wait for a provider in each phase, and how much to take from it.</summary>
internal sealed class UpstreamOptions
{
    public const string Section = "Routing:Upstream";

    [Range(1, 60)]
    public int ConnectSeconds { get; set; } = 3;

    /// <summary>From the request to the first byte; an answer that is not a stream takes all of its time here.</summary>
    [Range(1, 3600)]
    public int FirstByteSeconds { get; set; } = 600;

    /// <summary>Between two pieces of a stream.</summary>
    [Range(1, 3600)]
    public int IdleSeconds { get; set; } = 120;

    [Range(1, 1024)]
    public int MaxAnswerMegabytes { get; set; } = 64;

    public int MaxAnswerBytes => MaxAnswerMegabytes * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class UpstreamOptionsValidator : IValidateOptions<UpstreamOptions>;
