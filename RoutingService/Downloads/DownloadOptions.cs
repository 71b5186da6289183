using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RoutingService.Downloads;

/// <summary>Section <c>Routing:Downloads</c>: pictures and documents that clients name by address, for providers that take bytes alone.</summary>
internal sealed class DownloadOptions
{
    public const string Section = "Routing:Downloads";

    /// <summary>What a client is told while they are off.</summary>
    public const string Hint = "it must be sent as base64 (its address is followed only where the gateway's setting Routing:Downloads:Enabled is true).";

    public bool Enabled { get; set; }

    /// <summary>All of a request's files together.</summary>
    [Range(1, 64)]
    public int MaxMegabytes { get; set; } = 10;

    /// <summary>All of a request's files together.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>Private addresses and plain HTTP too: whoever may call the gateway then reaches what the gateway reaches. For tests and closed networks.</summary>
    public bool AllowPrivate { get; set; }

    public int MaxBytes => MaxMegabytes * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class DownloadOptionsValidator : IValidateOptions<DownloadOptions>;
