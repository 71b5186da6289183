namespace Gateway.Edge.Admin;

/// <summary><c>GET /auth/metrics</c>: who tried to call.</summary>
internal static class AuthenticationMetricsEndpoints
{
    public static void UseAuthenticationCounts(this WebApplication app)
    {
        var counts = app.Services.GetRequiredService<AuthenticationCounts>();
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase),
            path => path.Use(async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                finally
                {
                    counts.Count(context);
                }
            }));
    }

    public static void MapAuthenticationMetrics(this IEndpointRouteBuilder routes)
        => routes.MapGet("/auth/metrics", (AuthenticationCounts counts) => TypedResults.Ok(counts.ToView())).WithTags("Statistics").WithSummary("Who tried to call");
}
