using System.ComponentModel.DataAnnotations;

namespace RoutingService.Secrets;

internal sealed class MasterKeyOptions
{
    public const string Section = "Routing:MasterKey";

    /// <summary>How often the place that the master key's setting refers to is read again.</summary>
    [Range(1, 3600)]
    public int CheckSeconds { get; set; } = 15;
}
