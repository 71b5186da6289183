using System.Reflection;
using ServiceDefaults.Telemetry;
using Shouldly;
using Xunit;

namespace Tests.Defaults;

public sealed class GenAiAttributesTests
{
    /// <summary>Names are seen by people's dashboards and alerts: a change here is a change for them.</summary>
    [Fact]
    public void Names_AreThoseOfTheConventionAndOurOwn()
        => typeof(GenAiAttributes)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Order(StringComparer.Ordinal)
            .ShouldBe(
            [
                "aws.bedrock.guardrail.id",
                "error.type",
                "gateway.alias",
                "gateway.api",
                "gateway.attempt.number",
                "gateway.attempt.reason",
                "gateway.cache.result",
                "gateway.client.name",
                "gateway.cost.usd",
                "gateway.key.id",
                "gateway.limit",
                "gateway.project.id",
                "gateway.provider",
                "gateway.request.id",
                "gateway.route.strategy",
                "gateway.translated",
                "gen_ai.conversation.id",
                "gen_ai.input.messages",
                "gen_ai.operation.name",
                "gen_ai.output.messages",
                "gen_ai.output.type",
                "gen_ai.provider.name",
                "gen_ai.request.choice.count",
                "gen_ai.request.frequency_penalty",
                "gen_ai.request.max_tokens",
                "gen_ai.request.model",
                "gen_ai.request.presence_penalty",
                "gen_ai.request.seed",
                "gen_ai.request.stop_sequences",
                "gen_ai.request.stream",
                "gen_ai.request.temperature",
                "gen_ai.request.top_k",
                "gen_ai.request.top_p",
                "gen_ai.response.finish_reasons",
                "gen_ai.response.id",
                "gen_ai.response.model",
                "gen_ai.response.time_to_first_chunk",
                "gen_ai.system_instructions",
                "gen_ai.token.type",
                "gen_ai.tool.definitions",
                "gen_ai.usage.cache_creation.input_tokens",
                "gen_ai.usage.cache_read.input_tokens",
                "gen_ai.usage.input_tokens",
                "gen_ai.usage.output_tokens",
                "gen_ai.usage.reasoning.output_tokens",
                "openai.api.type",
                "openai.request.service_tier",
                "openai.response.service_tier",
                "openai.response.system_fingerprint",
                "server.address",
                "server.port",
            ]);
}
