using System.Globalization;
using System.Net.Http.Headers;

namespace RoutingService.Providers.Exchanges;

/// <summary>When a provider wants to be asked again.</summary>
internal static class RetryHints
{
    /// <summary>Who asks for more is asked again sooner.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Milliseconds, seconds with a fraction, or a date: .NET's typed header reads only the last and whole seconds. A time that has passed
    /// or makes no sense is none.
    /// </summary>
    public static TimeSpan? Read(HttpResponseHeaders headers, DateTimeOffset now)
        => Bound(
            Find(headers, "retry-after-ms") is { } ms && TryParse(ms, out var milliseconds) ? TimeSpan.FromMilliseconds(milliseconds)
            : Find(headers, "retry-after") is not { } text ? TimeSpan.Zero
            : TryParse(text, out var seconds) ? TimeSpan.FromSeconds(seconds)
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date - now
            : TimeSpan.Zero);

    /// <summary>As <c>34s</c> or <c>0.5s</c>, Google's way.</summary>
    public static TimeSpan? ReadDuration(string? text)
        => text is [.. var number, 's'] && TryParse(number, out var seconds) ? Bound(TimeSpan.FromSeconds(seconds)) : null;

    private static TimeSpan? Bound(TimeSpan wait)
        => wait <= TimeSpan.Zero ? null : wait < LongestRetryAfter ? wait : LongestRetryAfter;

    /// <summary>Digits and a point: no sign, and none of the words that a double can be.</summary>
    private static bool TryParse(string text, out double value)
    {
        value = 0;
        if (text.Length is 0 or > 20
            || !text.All(character => char.IsAsciiDigit(character) || character == '.')
            || !double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value))
        {
            return false;
        }

        value = Math.Min(value, LongestRetryAfter.TotalMilliseconds);
        return true;
    }

    private static string? Find(HttpResponseHeaders headers, string name)
        => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
