using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Gemini;

/// <summary>What reading an answer needs of its call.</summary>
/// <param name="Remember">Keeps the signature of a tool call, by the call's id.</param>
internal sealed record GeminiAnswer(AnswerContext Context, FreeformTools Freeform, Action<string, string> Remember);
