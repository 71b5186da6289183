using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Extensions.Http.Resilience;

[Experimental("EXTEXP0001", UrlFormat = "https://aka.ms/dotnet-extensions-warnings/{0}")]
public static class HttpRetryStrategyOptionsExtensions
{
    /// <summary>No retries of POST, PATCH, PUT, DELETE and CONNECT.</summary>
    public static void DisableForUnsafeHttpMethods(this HttpRetryStrategyOptions options)
        => options.DisableFor(HttpMethod.Delete, HttpMethod.Post, HttpMethod.Put, HttpMethod.Connect, HttpMethod.Patch);

    public static void DisableFor(this HttpRetryStrategyOptions options, params HttpMethod[] methods)
    {
        if (methods.Length == 0)
        {
            throw new ArgumentException("Name at least one method.", nameof(methods));
        }

        var shouldHandle = options.ShouldHandle;
        options.ShouldHandle = async arguments =>
        {
            var request = arguments.Outcome.Result?.RequestMessage ?? ResilienceHandler.RequestOf(arguments.Context);
            return await shouldHandle(arguments) && !(request is not null && methods.Contains(request.Method));
        };
    }
}
