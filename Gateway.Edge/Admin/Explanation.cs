using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Admin;

/// <param name="Key">Null where no key was given.</param>
/// <param name="Error">Why the call would go nowhere; null where it would go somewhere.</param>
internal sealed record Explanation(
    string Model, EstimateView Estimate, KeyForecastView? Key, ErrorView? Error, RouteTrace? Route, IReadOnlyList<PlannedAttemptView> Attempts)
{
    public static Explanation From(RequestFacts facts, long inputTokens, ModelQuote quote, AdmissionForecast? forecast, RouteExplanation route) => new(
        facts.Model,
        new EstimateView(
            inputTokens,
            facts.MaxOutputTokens * facts.Choices,
            quote.IsKnown && !quote.IsUnpriced ? quote.InputPerMillion / 1_000_000_000m : null,
            quote.IsKnown && !quote.IsUnpriced ? quote.OutputPerMillion / 1_000_000_000m : null,
            quote.WorstCase(inputTokens, (facts.MaxOutputTokens ?? 0) * facts.Choices)?.ToUsd()),
        forecast is null ? null : KeyForecastView.From(forecast),
        ErrorView.From(route.Error),
        route.Route,
        [.. route.Attempts.Select(PlannedAttemptView.From)]);
}

/// <summary>Of the dearest target that the call may come to.</summary>
internal sealed record EstimateView(
    long InputTokens, long? MaxOutputTokens, decimal? InputCostPerMillion, decimal? OutputCostPerMillion, decimal? WorstCost);

internal sealed record KeyForecastView(Guid? KeyId, string? Name, bool Admitted, ErrorView? Refusal, IReadOnlyList<LimitState> Limits)
{
    public static KeyForecastView From(AdmissionForecast forecast)
        => new(forecast.Key?.KeyId, forecast.Key?.Name, forecast.Refusal is null, ErrorView.From(forecast.Refusal), forecast.Limits);
}

internal sealed record PlannedAttemptView(
    string Deployment, string Provider, string Model, string Reason, decimal? WorstCost, UpstreamView? Upstream, IReadOnlyList<string> Lossy, ErrorView? Error)
{
    public static PlannedAttemptView From(PlannedAttempt attempt) => new(
        attempt.Deployment,
        attempt.Provider,
        attempt.Model,
        attempt.Reason,
        attempt.WorstCost?.ToUsd(),
        attempt.Upstream is { } upstream ? new UpstreamView(upstream.Method, upstream.Url, Parse(upstream.Body)) : null,
        attempt.Losses,
        ErrorView.From(attempt.Error));

    private static JsonElement? Parse(string body) => body.Length == 0 ? null : JsonElement.Parse(body);
}

internal sealed record UpstreamView(string Method, string Url, JsonElement? Body);

internal sealed record ErrorView(string Code, string Message, string? Param)
{
    public static ErrorView? From(GatewayError? error) => error is null ? null : new ErrorView(error.Code, error.Message, error.Param);
}
