using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;

namespace Gateway.Cli.Calls;

/// <summary>A call that costs next to nothing, with all that the gateway says of it.</summary>
internal static class TestCall
{
    public const string Prompt = "Say hello.";

    public static async Task<TestAnswer> RunAsync(
        GatewayClient gateway, string key, string model, string prompt, int tokens, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["model"] = model,
            ["max_tokens"] = tokens,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = prompt }),
        };
        try
        {
            var start = time.GetTimestamp();
            using var response = await gateway.CallAsync("/v1/chat/completions", key, body, [], HttpCompletionOption.ResponseContentRead, cancellationToken);
            await GatewayClient.RequireSuccessAsync(response, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return Read(JsonNode.Parse(text)!, response, time.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (JsonException exception)
        {
            throw new CommandException($"The answer of '{model}' is no JSON.", innerException: exception);
        }
    }

    private static TestAnswer Read(JsonNode answer, HttpResponseMessage response, double milliseconds)
    {
        var message = answer["choices"] is JsonArray { Count: > 0 } choices ? choices[0]!["message"] : null;
        return new TestAnswer(
            message?["content"]?.ToString() ?? "",
            Header("x-gateway-provider"),
            Header("x-gateway-model"),
            int.TryParse(Header("x-gateway-attempts"), NumberStyles.None, CultureInfo.InvariantCulture, out var attempts) ? attempts : 1,
            milliseconds,
            double.TryParse(Header("x-gateway-overhead-ms"), CultureInfo.InvariantCulture, out var overhead) ? overhead : null,
            answer["usage"]?["prompt_tokens"]?.GetValue<long>() ?? 0,
            answer["usage"]?["completion_tokens"]?.GetValue<long>() ?? 0,
            decimal.TryParse(Header("x-gateway-cost"), NumberStyles.Float, CultureInfo.InvariantCulture, out var cost) ? cost : null,
            Header("x-request-id"));

        string? Header(string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
    }
}

/// <param name="Cost">In dollars; null where the model has no price.</param>
internal sealed record TestAnswer(
    string Text,
    string? Provider,
    string? UpstreamModel,
    int Attempts,
    double Milliseconds,
    double? OverheadMilliseconds,
    long PromptTokens,
    long CompletionTokens,
    decimal? Cost,
    string? RequestId);
