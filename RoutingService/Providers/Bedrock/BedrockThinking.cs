using System.Text.Json;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Bedrock;

/// <summary>How a model is told to think, which each family has words of its own for.</summary>
internal sealed class BedrockThinking
{
    private const long MinBudget = 1024;
    private const long AnswerTokens = 1024;
    private readonly Action<Utf8JsonWriter> _write;

    private BedrockThinking(Action<Utf8JsonWriter> write) => _write = write;

    /// <summary>Claude, while it thinks, takes neither temperature nor top_k, and cannot be made to call a tool.</summary>
    public bool RestrictsSampling { get; private init; }

    /// <summary>Claude's older way: so many tokens, out of those for the answer.</summary>
    private long? Budget { get; init; }

    public void Write(Utf8JsonWriter writer) => _write(writer);

    /// <summary>The cap holds the budget too, and must be larger.</summary>
    public long? RaiseMaxTokens(long? maxTokens, RequestTranslation translation)
    {
        if (Budget is not { } budget || maxTokens is null || maxTokens > budget)
        {
            return maxTokens;
        }

        translation.Changed("max_completion_tokens");
        return budget + AnswerTokens;
    }

    /// <summary>Null where the request says nothing, or the model has no words for it.</summary>
    public static BedrockThinking? For(RequestTranslation translation, BedrockModel model)
    {
        if (translation.Request.Reasoning is not { } wish)
        {
            return null;
        }

        if (model.IsClaude)
        {
            return ForClaude(wish, model, translation);
        }

        var effort = wish.Effort ?? EffortOf(wish.BudgetTokens);
        if (model.IsGptOss || model.IsQwen)
        {
            translation.ChangeIf(wish.BudgetTokens is not null || effort is not (ReasoningEffort.Low or ReasoningEffort.Medium or ReasoningEffort.High), "reasoning_effort");
            var name = model.IsGptOss ? "reasoning_effort" : "reasoning_config";
            return new BedrockThinking(writer => writer.WriteString(name, ThreeLevels(effort)));
        }

        if (model.IsNova2)
        {
            return ForNova(wish, effort, translation);
        }

        translation.DropIf(effort != ReasoningEffort.None, "reasoning_effort");
        return null;
    }

    private static BedrockThinking? ForClaude(ReasoningWish wish, BedrockModel model, RequestTranslation translation)
    {
        if (wish is { Effort: ReasoningEffort.None, BudgetTokens: null } or { Effort: null, BudgetTokens: null, IsAdaptive: false })
        {
            return null;
        }

        if (model.IsAdaptive && wish.BudgetTokens is null)
        {
            var word = wish.Effort switch
            {
                null => null,
                ReasoningEffort.Minimal or ReasoningEffort.Low => "low",
                ReasoningEffort.Medium => "medium",
                ReasoningEffort.High => "high",
                ReasoningEffort.ExtraHigh => "xhigh",
                _ => "max",
            };
            return new BedrockThinking(writer => WriteAdaptive(writer, word)) { RestrictsSampling = true };
        }

        // A model that cannot decide by itself is given a budget.
        translation.ChangeIf(wish.IsAdaptive && wish.BudgetTokens is null, "reasoning_effort");
        var budget = Math.Max(MinBudget, wish.BudgetTokens ?? BudgetOf(wish.Effort ?? ReasoningEffort.Medium));
        translation.ChangeIf(wish.BudgetTokens < MinBudget, "reasoning_effort");
        return new BedrockThinking(writer => WriteBudget(writer, budget)) { RestrictsSampling = true, Budget = budget };
    }

    private static BedrockThinking ForNova(ReasoningWish wish, ReasoningEffort effort, RequestTranslation translation)
    {
        translation.ChangeIf(
            wish.BudgetTokens is not null || effort is ReasoningEffort.Minimal or ReasoningEffort.ExtraHigh or ReasoningEffort.Max, "reasoning_effort");
        return new BedrockThinking(writer =>
        {
            writer.WriteStartObject("reasoningConfig"u8);
            if (effort == ReasoningEffort.None)
            {
                writer.WriteString("type"u8, "disabled"u8);
            }
            else
            {
                writer.WriteString("type"u8, "enabled"u8);
                writer.WriteString("maxReasoningEffort"u8, ThreeLevels(effort));
            }

            writer.WriteEndObject();
        });
    }

    private static void WriteAdaptive(Utf8JsonWriter writer, string? effort)
    {
        writer.WriteStartObject("thinking"u8);
        writer.WriteString("type"u8, "adaptive"u8);
        writer.WriteEndObject();
        if (effort is not null)
        {
            writer.WriteStartObject("output_config"u8);
            writer.WriteString("effort"u8, effort);
            writer.WriteEndObject();
        }
    }

    private static void WriteBudget(Utf8JsonWriter writer, long budget)
    {
        writer.WriteStartObject("thinking"u8);
        writer.WriteString("type"u8, "enabled"u8);
        writer.WriteNumber("budget_tokens"u8, budget);
        writer.WriteEndObject();
    }

    private static string ThreeLevels(ReasoningEffort effort) => effort switch
    {
        ReasoningEffort.None or ReasoningEffort.Minimal or ReasoningEffort.Low => "low",
        ReasoningEffort.Medium => "medium",
        _ => "high",
    };

    private static long BudgetOf(ReasoningEffort effort) => effort switch
    {
        ReasoningEffort.Minimal => MinBudget,
        ReasoningEffort.Low => 2048,
        ReasoningEffort.Medium => 8192,
        ReasoningEffort.High => 16384,
        _ => 32768,
    };

    private static ReasoningEffort EffortOf(long? budget) => budget switch
    {
        null => ReasoningEffort.Medium,
        <= 0 => ReasoningEffort.None,
        < 6000 => ReasoningEffort.Low,
        < 12000 => ReasoningEffort.Medium,
        _ => ReasoningEffort.High,
    };
}
