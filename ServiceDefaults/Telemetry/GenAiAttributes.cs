namespace ServiceDefaults.Telemetry;

/// <summary>
/// Attribute names of spans and metrics: the OpenTelemetry conventions for generative AI at v1.41
/// (https://opentelemetry.io/schemas/1.41.0), and our own under <c>gateway.</c>. Names are still being changed upstream,
/// so all of them are here and a test pins the set.
/// </summary>
public static class GenAiAttributes
{
    // The attempt span.
    public const string OperationName = "gen_ai.operation.name";
    public const string ProviderName = "gen_ai.provider.name";
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";
    public const string ErrorType = "error.type";
    public const string OutputType = "gen_ai.output.type";
    public const string ConversationId = "gen_ai.conversation.id";

    public const string RequestModel = "gen_ai.request.model";
    public const string RequestStream = "gen_ai.request.stream";
    public const string RequestMaxTokens = "gen_ai.request.max_tokens";
    public const string RequestTemperature = "gen_ai.request.temperature";
    public const string RequestTopP = "gen_ai.request.top_p";
    public const string RequestTopK = "gen_ai.request.top_k";
    public const string RequestFrequencyPenalty = "gen_ai.request.frequency_penalty";
    public const string RequestPresencePenalty = "gen_ai.request.presence_penalty";
    public const string RequestSeed = "gen_ai.request.seed";
    public const string RequestStopSequences = "gen_ai.request.stop_sequences";
    public const string RequestChoiceCount = "gen_ai.request.choice.count";

    public const string ResponseId = "gen_ai.response.id";
    public const string ResponseModel = "gen_ai.response.model";
    public const string ResponseFinishReasons = "gen_ai.response.finish_reasons";
    public const string ResponseTimeToFirstChunk = "gen_ai.response.time_to_first_chunk";

    public const string UsageInputTokens = "gen_ai.usage.input_tokens";
    public const string UsageOutputTokens = "gen_ai.usage.output_tokens";
    public const string UsageCacheReadInputTokens = "gen_ai.usage.cache_read.input_tokens";
    public const string UsageCacheCreationInputTokens = "gen_ai.usage.cache_creation.input_tokens";
    public const string UsageReasoningOutputTokens = "gen_ai.usage.reasoning.output_tokens";

    public const string OpenAIApiType = "openai.api.type";
    public const string OpenAIRequestServiceTier = "openai.request.service_tier";
    public const string OpenAIResponseServiceTier = "openai.response.service_tier";
    public const string OpenAIResponseSystemFingerprint = "openai.response.system_fingerprint";
    public const string BedrockGuardrailId = "aws.bedrock.guardrail.id";

    // Content: only where its capture is on.
    public const string InputMessages = "gen_ai.input.messages";
    public const string OutputMessages = "gen_ai.output.messages";
    public const string SystemInstructions = "gen_ai.system_instructions";
    public const string ToolDefinitions = "gen_ai.tool.definitions";

    // Metrics alone.
    public const string TokenType = "gen_ai.token.type";
    public const string GatewayLimit = "gateway.limit";

    // Ours: on the span of the request, the attempt's number and reason on the attempt span.
    public const string GatewayApi = "gateway.api";
    public const string GatewayProvider = "gateway.provider";
    public const string GatewayAlias = "gateway.alias";
    public const string GatewayProjectId = "gateway.project.id";
    public const string GatewayKeyId = "gateway.key.id";
    public const string GatewayRouteStrategy = "gateway.route.strategy";
    public const string GatewayAttemptNumber = "gateway.attempt.number";
    public const string GatewayAttemptReason = "gateway.attempt.reason";
    public const string GatewayCacheResult = "gateway.cache.result";
    public const string GatewayTranslated = "gateway.translated";
    public const string GatewayCostUsd = "gateway.cost.usd";
    public const string GatewayRequestId = "gateway.request.id";
    public const string GatewayClientName = "gateway.client.name";
}
