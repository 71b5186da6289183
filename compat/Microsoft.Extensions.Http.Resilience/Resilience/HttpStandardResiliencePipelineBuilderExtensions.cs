using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience;

public static class HttpStandardResiliencePipelineBuilderExtensions
{
    public static IHttpStandardResiliencePipelineBuilder Configure(
        this IHttpStandardResiliencePipelineBuilder builder, IConfigurationSection section)
    {
        builder.Services.Configure<HttpStandardResilienceOptions>(builder.PipelineName, section);
        return builder;
    }

    public static IHttpStandardResiliencePipelineBuilder Configure(
        this IHttpStandardResiliencePipelineBuilder builder, Action<HttpStandardResilienceOptions> configure)
    {
        builder.Services.Configure(builder.PipelineName, configure);
        return builder;
    }

    /// <summary>One pipeline for each scheme, host and port, so that one destination's failures open no other's circuit.</summary>
    public static IHttpStandardResiliencePipelineBuilder SelectPipelineByAuthority(this IHttpStandardResiliencePipelineBuilder builder)
    {
        builder.Services.Configure<StandardPipelineKeyOptions>(builder.PipelineName, options => options.ByAuthority = true);
        return builder;
    }
}
