namespace Gateway.Edge.Pipeline;

/// <summary>Who calls, and what for, as its headers say.</summary>
internal sealed record CallOrigin(string Client, string[]? Tags)
{
    public static CallOrigin Of(HttpRequest request) => new(ClientNames.Of(request.Headers.UserAgent.ToString()), TagsOf(request));

    private static string[]? TagsOf(HttpRequest request)
        => request.Headers.TryGetValue("x-gateway-tags", out var tags)
            ? tags.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : null;
}
