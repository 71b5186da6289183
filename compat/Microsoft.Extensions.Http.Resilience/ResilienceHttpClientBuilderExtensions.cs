using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http.Resilience;

namespace Microsoft.Extensions.DependencyInjection;

public static class ResilienceHttpClientBuilderExtensions
{
    /// <summary>Rate limiter, total timeout, retries, circuit breaker and attempt timeout, in this order, with working defaults.</summary>
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(this IHttpClientBuilder builder)
    {
        var name = $"{builder.Name}-standard";
        builder.Services.AddOptionsWithValidateOnStart<HttpStandardResilienceOptions, HttpStandardResilienceOptionsValidator>(name);
        builder.Services.TryAddSingleton<StandardPipelines>();
        builder.AddHttpMessageHandler(services =>
            new ResilienceHandler(services.GetRequiredService<StandardPipelines>().SelectorFor(name)));

        // The strategies decide how long a request may take.
        builder.ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan);
        return new HttpStandardResiliencePipelineBuilder(name, builder.Services);
    }

    /// <inheritdoc cref="AddStandardResilienceHandler(IHttpClientBuilder)"/>
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(
        this IHttpClientBuilder builder, IConfigurationSection section)
        => builder.AddStandardResilienceHandler().Configure(section);

    /// <inheritdoc cref="AddStandardResilienceHandler(IHttpClientBuilder)"/>
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(
        this IHttpClientBuilder builder, Action<HttpStandardResilienceOptions> configure)
        => builder.AddStandardResilienceHandler().Configure(configure);

    /// <summary>Takes off what <c>ConfigureHttpClientDefaults</c> put on, for a client that brings its own.</summary>
    [Experimental("EXTEXP0001", UrlFormat = "https://aka.ms/dotnet-extensions-warnings/{0}")]
    public static IHttpClientBuilder RemoveAllResilienceHandlers(this IHttpClientBuilder builder)
        => builder.ConfigureAdditionalHttpMessageHandlers((handlers, _) =>
        {
            for (var index = handlers.Count - 1; index >= 0; index--)
            {
                if (handlers[index] is ResilienceHandler)
                {
                    handlers.RemoveAt(index);
                }
            }
        });
}
