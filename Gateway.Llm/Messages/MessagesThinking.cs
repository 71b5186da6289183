using System.Text.Json;
using Gateway.Llm.Canonical;

namespace Gateway.Llm.Messages;

/// <summary>How much a model is to think, in the form that it understands, and the output cap that goes with it.</summary>
internal sealed record MessagesThinking(ThinkingKind Kind, long MaxTokens)
{
    private const long LeastBudget = 1024;
    private const long MostBudget = 32768;

    /// <summary>Null leaves the field out: the model does as it does by itself.</summary>
    public bool? IsOn { get; private init; }

    public long Budget { get; private init; }

    public string? Effort { get; private init; }

    /// <summary>The text of what it thinks is wanted, also from models that would keep it.</summary>
    public bool IsShown { get; private init; }

    public static MessagesThinking From(LlmRequest request, MessagesModel model, RequestContext context, long defaultMaxTokens)
    {
        var maxTokens = request.MaxOutputTokens ?? defaultMaxTokens;
        if (request.Reasoning is not { } wish)
        {
            return new MessagesThinking(ThinkingKind.None, maxTokens);
        }

        if (model.Thinking == ThinkingKind.None)
        {
            if (wish.Effort != ReasoningEffort.None)
            {
                context.Dropped("reasoning_effort");
            }

            return new MessagesThinking(ThinkingKind.None, maxTokens);
        }

        if (wish.Effort == ReasoningEffort.None)
        {
            return new MessagesThinking(model.Thinking, maxTokens) { IsOn = false };
        }

        return model.Thinking == ThinkingKind.Adaptive && !(model.TakesBudget && wish.BudgetTokens is not null)
            ? Adaptive(wish, model, context, maxTokens)
            : WithBudget(request, wish, context, maxTokens);
    }

    public void Write(Utf8JsonWriter writer)
    {
        if (IsOn is not { } isOn)
        {
            return;
        }

        writer.WriteStartObject("thinking"u8);
        if (!isOn)
        {
            writer.WriteString("type"u8, "disabled"u8);
        }
        else if (Kind == ThinkingKind.Budget)
        {
            writer.WriteString("type"u8, "enabled"u8);
            writer.WriteNumber("budget_tokens"u8, Budget);
        }
        else
        {
            writer.WriteString("type"u8, "adaptive"u8);
            if (IsShown)
            {
                writer.WriteString("display"u8, "summarized"u8);
            }
        }

        writer.WriteEndObject();
    }

    private static MessagesThinking Adaptive(ReasoningWish wish, MessagesModel model, RequestContext context, long maxTokens)
    {
        var effort = wish.Effort ?? (wish.BudgetTokens is { } budget ? EffortOf(budget) : null);
        if (effort == ReasoningEffort.ExtraHigh && !model.HasExtraHigh)
        {
            context.Changed("reasoning_effort");
            effort = ReasoningEffort.High;
        }

        if (wish is { BudgetTokens: not null, Effort: null })
        {
            context.Changed("reasoning_effort");
        }

        return new MessagesThinking(ThinkingKind.Adaptive, maxTokens)
        {
            IsOn = true,
            Effort = MessagesVocabulary.WriteEffort(effort),
            IsShown = wish.Summary is not null,
        };
    }

    /// <summary>
    /// The budget is a part of <c>max_tokens</c>, as it is of OpenAI's cap: it is cut to fit. Below its least the cap has to give way.
    /// </summary>
    private static MessagesThinking WithBudget(LlmRequest request, ReasoningWish wish, RequestContext context, long maxTokens)
    {
        var budget = Math.Max(LeastBudget, wish.BudgetTokens ?? BudgetOf(wish.Effort));
        if (budget >= maxTokens)
        {
            if (request.MaxOutputTokens is null)
            {
                maxTokens += budget;
            }
            else if (maxTokens > LeastBudget)
            {
                budget = Math.Max(LeastBudget, maxTokens / 2);
                context.Changed("reasoning_effort");
            }
            else
            {
                budget = LeastBudget;
                maxTokens += LeastBudget;
                context.Changed("max_completion_tokens");
            }
        }

        return new MessagesThinking(ThinkingKind.Budget, maxTokens) { IsOn = true, Budget = budget };
    }

    private static long BudgetOf(ReasoningEffort? effort) => effort switch
    {
        ReasoningEffort.Minimal => LeastBudget,
        ReasoningEffort.Low => 2048,
        ReasoningEffort.High => 16384,
        ReasoningEffort.ExtraHigh or ReasoningEffort.Max => MostBudget,
        _ => 8192,
    };

    private static ReasoningEffort EffortOf(long budget) => budget switch
    {
        < 6000 => ReasoningEffort.Low,
        < 12000 => ReasoningEffort.Medium,
        _ => ReasoningEffort.High,
    };
}
