using System.Globalization;

namespace Gateway.Cli.Invocation;

/// <summary>Times as people type them: a span from now (15m, 12h, 30d), or the time itself.</summary>
internal static class Moments
{
    private const int MaxDays = 100_000;

    public static string After(TimeProvider time, string option, string text) => Resolve(time, option, text, 1);

    public static string Before(TimeProvider time, string option, string text) => Resolve(time, option, text, -1);

    private static string Resolve(TimeProvider time, string option, string text, int direction)
    {
        if (text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && UnitOf(text[^1]) is { } unit)
        {
            return count * unit.TotalDays <= MaxDays ? Format(time.GetUtcNow() + (direction * count * unit))
                : throw new CommandException($"{option} '{text}' is longer than {MaxDays} days.", exitCode: ExitCodes.Usage);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? Format(moment)
            : throw new CommandException($"{option} '{text}' is no time.", "Write a span as 15m, 12h or 30d, or a time as 2027-01-31T00:00:00Z.", ExitCodes.Usage);
    }

    private static TimeSpan? UnitOf(char unit) => unit switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };

    private static string Format(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
