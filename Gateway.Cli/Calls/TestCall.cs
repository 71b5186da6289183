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

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task<TestAnswer> RunAsync(
        GatewayClient gateway, string key, string model, string prompt, int tokens, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["model"] = model,
            ["max_tokens"] = tokens,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = prompt }),
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var start = time.GetTimestamp();
            using var response = await gateway.CallAsync("/v1/chat/completions", key, body, [], limit.Token);
            await GatewayClient.RequireSuccessAsync(response, limit.Token);
            var text = await response.Content.ReadAsStringAsync(limit.Token);
            return Read(JsonNode.Parse(text)!, response, time.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (JsonException exception)
        {
            throw new CommandException($"The answer of '{model}' is no JSON.", innerException: exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"'{model}' did not answer within {Patience.TotalMinutes} minutes.", "'gateway doctor' asks its provider how it is.", innerException: exception);
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
