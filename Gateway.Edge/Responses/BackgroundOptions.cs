using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Responses;

/// <summary>Section <c>Edge:Background</c>: responses that are made while nobody waits.</summary>
internal sealed class BackgroundOptions
{
    public const string Section = "Edge:Background";

    /// <summary>How many one Edge makes at a time; beyond it they are refused with 429.</summary>
    [Range(1, 100_000)]
    public int MaxRunning { get; set; } = 100;

    /// <summary>How long the end of the process waits for those that run; what has not ended by then fails.</summary>
    [Range(0, 300)]
    public int DrainSeconds { get; set; } = 10;

    /// <summary>How much of one stream is kept to be gone on with; a longer one cannot be.</summary>
    [Range(1, 64)]
    public int MaxEventMegabytes { get; set; } = 16;
}

[OptionsValidator]
internal sealed partial class BackgroundOptionsValidator : IValidateOptions<BackgroundOptions>;
