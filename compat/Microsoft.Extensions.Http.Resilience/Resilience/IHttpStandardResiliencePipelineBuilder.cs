using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience;

public interface IHttpStandardResiliencePipelineBuilder
{
    /// <summary>The name of the pipeline and of its options.</summary>
    string PipelineName { get; }

    IServiceCollection Services { get; }
}

internal sealed record HttpStandardResiliencePipelineBuilder(string PipelineName, IServiceCollection Services)
    : IHttpStandardResiliencePipelineBuilder;
