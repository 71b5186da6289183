namespace Gateway.Simulator.Specs;

/// <summary>The schemas of requests and answers, as <see cref="SpecBook"/> knows them: the description, a slash, its name there.</summary>
public static class SpecNames
{
    public const string ChatRequest = "openai/CreateChatCompletionRequest";
    public const string ChatAnswer = "openai/CreateChatCompletionResponse";
    public const string ChatChunk = "openai/CreateChatCompletionStreamResponse";
    public const string ResponsesRequest = "openai/CreateResponse";
    public const string ResponsesAnswer = "openai/Response";
    public const string ResponsesEvent = "openai/ResponseStreamEvent";
    public const string EmbeddingRequest = "openai/CreateEmbeddingRequest";
    public const string EmbeddingAnswer = "openai/CreateEmbeddingResponse";
    public const string CompletionRequest = "openai/CreateCompletionRequest";
    public const string CompletionAnswer = "openai/CreateCompletionResponse";
    public const string OpenAIError = "openai/ErrorResponse";

    public const string MessagesRequest = "anthropic/CreateMessageParams";
    public const string MessagesAnswer = "anthropic/Message";
    public const string MessagesEvent = "anthropic/MessageStreamEvent";
    public const string MessagesBetaRequest = "anthropic/BetaCreateMessageParams";
    public const string MessagesBetaAnswer = "anthropic/BetaMessage";
    public const string MessagesBetaEvent = "anthropic/BetaMessageStreamEvent";
    public const string CountTokensRequest = "anthropic/CountMessageTokensParams";
    public const string MessagesError = "anthropic/ErrorResponse";

    public const string AzureChatRequest = "azure/AzureCreateChatCompletionRequest";
    public const string AzureChatAnswer = "azure/AzureCreateChatCompletionResponse";
    public const string AzureResponsesRequest = "azure/AzureCreateResponse";
    public const string AzureDeploymentChatRequest = "azure-deployments/createChatCompletionRequest";

    public const string GeminiRequest = "gemini/GenerateContentRequest";
    public const string GeminiAnswer = "gemini/GenerateContentResponse";
    public const string GeminiCountRequest = "gemini/CountTokensRequest";
    public const string GeminiEmbeddingRequest = "gemini/EmbedContentRequest";

    /// <summary>Without what goes into the path and headers.</summary>
    public const string BedrockRequest = "bedrock/ConverseRequest";
    public const string BedrockStreamRequest = "bedrock/ConverseStreamRequest";
    public const string BedrockCountRequest = "bedrock/CountTokensRequest";
    public const string BedrockAnswer = "bedrock/ConverseResponse";
}
