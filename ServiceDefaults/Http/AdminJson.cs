using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults.Http;

/// <summary>The JSON of the admin API: snake case, as in the APIs beside it, and no unknown fields, which would be typing errors.</summary>
internal static class AdminJson
{
    public static void AddAdminJson(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.PropertyNameCaseInsensitive = false;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });

        // Development would answer a body that is no JSON with a stack trace; the Edge gives every bare 400 its body.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);
    }
}
