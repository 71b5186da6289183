using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults.Http;

/// <summary>The JSON of the admin API: snake case, as in the APIs beside it, and no unknown fields, which would be typing errors.</summary>
internal static class AdminJson
{
    public static void AddAdminJson(this IServiceCollection services) => services.ConfigureHttpJsonOptions(options =>
    {
        options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.SerializerOptions.PropertyNameCaseInsensitive = false;
        options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
    });
}
