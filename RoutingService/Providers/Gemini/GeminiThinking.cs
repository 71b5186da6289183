using System.Text.Json;
using Gateway.Contracts;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Gemini;

/// <summary>
/// Writes <c>thinkingConfig</c>: levels from Gemini 3 on, tokens before. A budget that the client gives stays a budget on both: Gemini 3 takes
/// it too, and never with a level beside it.
/// </summary>
internal static class GeminiThinking
{
    private const long MaxFlashBudget = 24576;
    private const long MaxProBudget = 32768;
    private const long MinProBudget = 128;
    private const long MinLiteBudget = 512;

    public static void Write(Utf8JsonWriter writer, RequestTranslation translation)
    {
        if (translation.Request.Reasoning is not { } wish)
        {
            return;
        }

        var model = GeminiModel.Of(translation.Model);
        if (!model.Thinks)
        {
            translation.DropIf(wish is not { Effort: ReasoningEffort.None, BudgetTokens: null }, "reasoning_effort");
            return;
        }

        writer.WriteStartObject("thinkingConfig"u8);
        if (IsVisible(wish, translation.Format))
        {
            writer.WriteBoolean("includeThoughts"u8, true);
        }

        if (wish.BudgetTokens is { } tokens)
        {
            WriteBudget(writer, tokens, model, translation);
        }
        else if (wish.Effort is { } effort)
        {
            if (model.IsThree)
            {
                writer.WriteString("thinkingLevel"u8, Level(effort, model, translation));
            }
            else
            {
                WriteBudget(writer, Budget(effort, model), model, translation);
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>A Chat client has no words for it but the effort, and a field to see it in.</summary>
    private static bool IsVisible(ReasoningWish wish, ClientFormat format)
        => wish.Summary is not null || wish.BudgetTokens > 0 || wish.IsAdaptive
            || (format == ClientFormat.Chat && wish.Effort is not (null or ReasoningEffort.None));

    private static string Level(ReasoningEffort effort, GeminiModel model, RequestTranslation translation)
    {
        // It cannot be turned off, and Pro has no MINIMAL.
        if (effort == ReasoningEffort.None || (effort == ReasoningEffort.Minimal && model.IsPro))
        {
            translation.Changed("reasoning_effort");
        }

        return effort switch
        {
            ReasoningEffort.None or ReasoningEffort.Minimal => model.IsPro ? "LOW" : "MINIMAL",
            ReasoningEffort.Low => "LOW",
            ReasoningEffort.Medium => "MEDIUM",
            _ => "HIGH",
        };
    }

    private static long Budget(ReasoningEffort effort, GeminiModel model) => effort switch
    {
        ReasoningEffort.None => 0,
        ReasoningEffort.Minimal => 512,
        ReasoningEffort.Low => 2048,
        ReasoningEffort.Medium => 8192,
        ReasoningEffort.High => MaxFlashBudget,
        _ => model.IsPro ? MaxProBudget : MaxFlashBudget,
    };

    private static void WriteBudget(Utf8JsonWriter writer, long wanted, GeminiModel model, RequestTranslation translation)
    {
        var least = model.IsPro ? MinProBudget : model.IsLite && wanted > 0 ? MinLiteBudget : 0;
        var tokens = Math.Clamp(wanted, least, model.IsPro ? MaxProBudget : MaxFlashBudget);
        if (tokens != wanted)
        {
            translation.Changed("reasoning_effort");
        }

        writer.WriteNumber("thinkingBudget"u8, tokens);
    }
}
