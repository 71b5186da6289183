using System.Buffers;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Usage;
using Gateway.Llm.Canonical;
using RoutingService.Health;
using RoutingService.Snapshots;

namespace RoutingService.Providers.Simulated;

/// <summary>
/// A provider without a model, for the first call, for trying limits and dashboards, and for tests: <c>echo</c> gives the last message
/// back, <c>lorem</c> a text of some length, <c>json</c> fills the schema, <c>tool</c> calls the first tool.
/// </summary>
internal sealed class SimulatedAdapter(TimeProvider timeProvider) : IProviderAdapter
{
    public const string TypeName = "simulated";

    public static IReadOnlyList<string> Models { get; } = ["echo", "lorem", "json", "tool"];

    public string Type => TypeName;

    public async Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var (model, query) = Split(call.Target.Model);
        var knobs = SimulatedKnobs.Parse(query ?? call.Request.Simulate);
        if (knobs.Fail.Status > 0 && Random.Shared.NextDouble() < knobs.Fail.Share)
        {
            throw new UpstreamException(UpstreamErrors.FromStatus(call.Target.Provider.Name, knobs.Fail.Status, new UpstreamFault("A simulated failure."), retryAfter: null));
        }

        var request = call.Canonical;
        if (request.Choices > 1)
        {
            throw new GatewayErrorException(GatewayError.BadRequest(
                "unsupported_parameter", $"n is not supported by {call.Target.Provider.Name} ({model}): it gives one answer in a call.", "n"));
        }

        var script = SimulatedModels.Answer(model, request, knobs)
            ?? throw new GatewayErrorException(new GatewayError(
                GatewayErrorKind.NotFound, "model_not_found", $"The simulated provider has no model '{model}'; there are {string.Join(", ", Models)}.")
            {
                Param = "model",
            });
        await Task.Delay(knobs.TimeToFirstToken, timeProvider, cancellationToken);
        var context = new AnswerContext(call.Request.CallId, request, timeProvider.GetUtcNow().ToUnixTimeSeconds(), call.Losses);
        var format = ClientFormats.Of(call.Request.Format);
        var pause = knobs.TokensPerSecond == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(1.0 / knobs.TokensPerSecond);
        if (request.Stream)
        {
            return new SimulatedStream(format.CreateStreamWriter(context), script, pause, timeProvider);
        }

        await Task.Delay(pause * (script.Count - 1), timeProvider, cancellationToken);
        var writer = format.CreateBodyWriter(context);
        var body = new ArrayBufferWriter<byte>();
        foreach (var streamEvent in script)
        {
            writer.Write(body, streamEvent);
        }

        var usage = UsageMapping.ToTokenUsage(((MessageEnded)script[^1]).Usage ?? default);
        return new WholeAnswer(body.WrittenMemory, upstreamStatus: null, (usage, UsageSource.Provider));
    }

    /// <summary>There is nothing that could be away.</summary>
    public Task<ProviderProbe> CheckAsync(ProviderTarget provider, CancellationToken cancellationToken)
        => Task.FromResult(new ProviderProbe(ProbeOutcome.Well) { Models = Models.ToHashSet(StringComparer.Ordinal) });

    private static (string Model, string? Query) Split(string model)
    {
        var mark = model.IndexOf('?', StringComparison.Ordinal);
        return mark < 0 ? (model, null) : (model[..mark], model[(mark + 1)..]);
    }
}
