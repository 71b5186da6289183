using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Pipeline;

/// <summary>Section <c>Edge:Limits</c>: what a client may send.</summary>
internal sealed class EdgeLimits
{
    public const string Section = "Edge:Limits";

    /// <summary>The Anthropic API takes 32 MB; a gateway that takes less refuses what the provider would not.</summary>
    [Range(1, 512)]
    public int MaxRequestMegabytes { get; set; } = 32;

    public int MaxRequestBytes => MaxRequestMegabytes * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class EdgeLimitsValidator : IValidateOptions<EdgeLimits>;

internal static class EdgeLimitsExtensions
{
    public static void AddEdgeLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<EdgeLimits>().BindConfiguration(EdgeLimits.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<EdgeLimits>, EdgeLimitsValidator>();
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = (context.Configuration.GetSection(EdgeLimits.Section).Get<EdgeLimits>() ?? new EdgeLimits()).MaxRequestBytes;
        });
    }
}
