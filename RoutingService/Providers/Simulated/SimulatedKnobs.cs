using System.Globalization;
using Gateway.Contracts.Errors;

namespace RoutingService.Providers.Simulated;

/// <summary>
/// How a simulated model behaves: <c>lorem?tokens=200&amp;tps=50&amp;ttft=300ms&amp;fail=429:0.1</c>, in the model string or in the
/// <c>x-gateway-simulate</c> header.
/// </summary>
internal sealed record SimulatedKnobs
{
    private const int MaxTokens = 100_000;

    /// <summary>Length of the answer of <c>lorem</c>.</summary>
    public int Tokens { get; private init; } = 50;

    /// <summary>Tokens a second; 0 is as fast as it goes.</summary>
    public int TokensPerSecond { get; private init; }

    public TimeSpan TimeToFirstToken { get; private init; }

    /// <summary>The status of a failure and how likely it is.</summary>
    public (int Status, double Share) Fail { get; private init; }

    public static SimulatedKnobs Parse(string? text)
    {
        var knobs = new SimulatedKnobs();
        foreach (var pair in (text ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            knobs = knobs.With(equals < 0 ? pair : pair[..equals], equals < 0 ? "" : pair[(equals + 1)..]);
        }

        return knobs;
    }

    private SimulatedKnobs With(string name, string value) => name switch
    {
        "tokens" => this with { Tokens = ParseNumber(name, value, MaxTokens) },
        "tps" => this with { TokensPerSecond = ParseNumber(name, value, 1_000_000) },
        "ttft" => this with { TimeToFirstToken = TimeSpan.FromMilliseconds(ParseNumber(name, value.Replace("ms", "", StringComparison.Ordinal), 600_000)) },
        "fail" => this with { Fail = ParseFail(value) },
        _ => throw Invalid($"'{name}' is no knob of the simulated provider; there are tokens, tps, ttft and fail."),
    };

    private static int ParseNumber(string name, string value, int max)
        => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number
            : throw Invalid($"'{name}' must be a whole number from 0 to {max}.");

    private static (int Status, double Share) ParseFail(string value)
    {
        var parts = value.Split(':', 2);
        var share = 1.0;
        return int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            && status is >= 400 and <= 599
            && (parts.Length == 1 || (double.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out share) && share is >= 0 and <= 1))
                ? (status, share)
                : throw Invalid("'fail' must be a status from 400 to 599, with a share behind a colon if not always: fail=429:0.1.");
    }

    private static GatewayErrorException Invalid(string message) => new(GatewayError.BadRequest("invalid_simulation", message, "model"));
}
