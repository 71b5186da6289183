using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Bedrock;

/// <summary>What reading an answer needs of its call.</summary>
/// <param name="OutputTool">Whose call is the answer; null where there is none.</param>
internal sealed record BedrockAnswer(AnswerContext Context, FreeformTools Freeform, string? OutputTool);
