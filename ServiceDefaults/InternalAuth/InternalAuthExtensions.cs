using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ServiceDefaults.Settings;
using ServiceDefaults.Telemetry.Prometheus;

namespace ServiceDefaults.InternalAuth;

public static class InternalAuthExtensions
{
    public static void AddInternalTokens(this IHostApplicationBuilder builder)
    {
        var key = SecretSetting.Require(builder.Configuration, SecretSetting.InternalKey);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton(services => new InternalTokens(key, services.GetRequiredService<TimeProvider>()));
    }

    /// <summary>Requests of this client carry a token for <paramref name="audience"/>.</summary>
    public static IHttpClientBuilder AddInternalToken(this IHttpClientBuilder client, string audience)
        => client.AddHttpMessageHandler(services => new InternalTokenHandler(
            services.GetRequiredService<InternalTokens>(), audience, services.GetRequiredService<TimeProvider>()));

    /// <summary>Refuses everything but the health endpoints to callers without a token for this service.</summary>
    public static void UseInternalTokens(this WebApplication app, string audience)
    {
        var tokens = app.Services.GetRequiredService<InternalTokens>();
        app.Use((context, next) =>
        {
            if (context.Request.Path.Value is "/health" or "/alive" || MetricsAccess.Allows(context))
            {
                return next(context);
            }

            var verdict = tokens.Verify(context.Request.Headers[InternalTokens.HeaderName], audience);
            if (verdict == InternalTokenVerdict.Valid)
            {
                return next(context);
            }

            context.Response.StatusCode = verdict == InternalTokenVerdict.WrongAudience ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized;
            return context.Response.WriteAsync("This is an internal service of the gateway.");
        });
    }
}
