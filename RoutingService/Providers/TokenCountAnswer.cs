using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Usage;
using Gateway.Llm.Tokens;

namespace RoutingService.Providers;

/// <summary>How many tokens a request has, in the client's format. It uses none.</summary>
internal sealed class TokenCountAnswer(ProviderCall call, long inputTokens, int? upstreamStatus) : ProviderAnswer
{
    private bool _isRead;

    public override string ContentType => "application/json";

    public override bool IsComplete => true;

    public override bool IsEstimated => upstreamStatus is null;

    public override int? UpstreamStatus => upstreamStatus;

    public override (TokenUsage Usage, UsageSource Source) Usage => (default, UsageSource.None);

    /// <summary>For a provider that does not count.</summary>
    public static TokenCountAnswer Estimate(ProviderCall call)
        => new(call, Math.Max(1, TokenEstimate.ForChat(call.Body.Span, call.Target.Model)), upstreamStatus: null);

    public override ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_isRead)
        {
            return default;
        }

        _isRead = true;
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            if (call.Request.Format == ClientFormat.Responses)
            {
                writer.WriteString("object"u8, "response.input_tokens"u8);
            }

            writer.WriteNumber("input_tokens"u8, inputTokens);
            writer.WriteEndObject();
        }

        return new(output.ToArray());
    }
}
