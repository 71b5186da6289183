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
            var name = limit.Kind switch
            {
                LimitKind.RequestsPerMinute => "requests",
                LimitKind.TokensPerMinute => "tokens",
                _ => null,
            };
            if (name is null)
            {
                continue;
            }

            var remaining = Math.Max(0, limit.Remaining).ToString(CultureInfo.InvariantCulture);
            var total = limit.Limit.ToString(CultureInfo.InvariantCulture);
            if (format == ClientFormat.Messages)
            {
                headers[$"anthropic-ratelimit-{name}-limit"] = total;
                headers[$"anthropic-ratelimit-{name}-remaining"] = remaining;
                headers[$"anthropic-ratelimit-{name}-reset"] = (now + limit.ResetAfter).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            }
            else
            {
                headers[$"x-ratelimit-limit-{name}"] = total;
                headers[$"x-ratelimit-remaining-{name}"] = remaining;
                headers[$"x-ratelimit-reset-{name}"] = Spell(limit.ResetAfter);
            }
        }
    }

    /// <summary>As OpenAI writes a time: <c>6m0s</c>, <c>1.5s</c>, <c>20ms</c>.</summary>
    internal static string Spell(TimeSpan time) => time switch
    {
        _ when time < TimeSpan.FromSeconds(1) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, Math.Ceiling(time.TotalMilliseconds))}ms"),
        _ when time < TimeSpan.FromMinutes(1) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMinutes}m{time.Seconds}s"),
    };
}
