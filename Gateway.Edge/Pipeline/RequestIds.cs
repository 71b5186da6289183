namespace Gateway.Edge.Pipeline;

/// <summary>Every answer says which request it belongs to; the id is ours, whatever the client sent.</summary>
internal static class RequestIds
{
    private static readonly object Key = new();

    public static void UseRequestIds(this WebApplication app)
    {
        var timeProvider = app.Services.GetRequiredService<TimeProvider>();
        app.Use((context, next) =>
        {
            var id = Guid.CreateVersion7(timeProvider.GetUtcNow());
            context.Items[Key] = id;
            var text = Format(id);
            context.Response.Headers["x-request-id"] = text;
            if (context.Request.Path.StartsWithSegments("/v1/messages", StringComparison.Ordinal))
            {
                context.Response.Headers["request-id"] = text;
            }

            return next(context);
        });
    }

    /// <summary>What goes on of a request has its id.</summary>
    public static void Share(HttpContext from, HttpContext to) => to.Items[Key] = from.Items[Key];

    public static Guid GuidOf(HttpContext context) => (Guid)context.Items[Key]!;

    public static string Of(HttpContext context) => Format(GuidOf(context));

    private static string Format(Guid id) => $"req_{id:N}";
}
