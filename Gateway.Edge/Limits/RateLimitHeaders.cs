using System.Globalization;
using Gateway.Contracts;
using Gateway.Contracts.Keys;

namespace Gateway.Edge.Limits;

/// <summary>Tells a client how much is left, in the words of the vendor whose API it speaks.</summary>
internal static class RateLimitHeaders
{
    public static void Write(IHeaderDictionary headers, ClientFormat format, IReadOnlyList<LimitState> limits, DateTimeOffset now)
    {
        foreach (var limit in limits)
        {
            if (NamesOf(limit.Kind, format) is not { } names)
            {
                continue;
            }

            headers[names.Limit] = limit.Limit.ToString(CultureInfo.InvariantCulture);
            headers[names.Remaining] = Math.Max(0, limit.Remaining).ToString(CultureInfo.InvariantCulture);
            headers[names.Reset] = format == ClientFormat.Messages
                ? (now + limit.ResetAfter).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
                : Spell(limit.ResetAfter);
        }
    }

    private static (string Limit, string Remaining, string Reset)? NamesOf(LimitKind kind, ClientFormat format) => (kind, format) switch
    {
        (LimitKind.RequestsPerMinute, ClientFormat.Messages)
            => ("anthropic-ratelimit-requests-limit", "anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
        (LimitKind.TokensPerMinute, ClientFormat.Messages)
            => ("anthropic-ratelimit-tokens-limit", "anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
        (LimitKind.RequestsPerMinute, _) => ("x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
        (LimitKind.TokensPerMinute, _) => ("x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
        _ => null,
    };

    /// <summary>As OpenAI writes a time: <c>6m0s</c>, <c>1.5s</c>, <c>20ms</c>.</summary>
    internal static string Spell(TimeSpan time) => time switch
    {
        _ when time < TimeSpan.FromSeconds(1) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, Math.Ceiling(time.TotalMilliseconds))}ms"),
        _ when time < TimeSpan.FromMinutes(1) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMinutes}m{time.Seconds}s"),
    };
}
