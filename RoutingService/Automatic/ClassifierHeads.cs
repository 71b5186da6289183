using Gateway.Llm.Json;
using RoutingService.Automatic.KServe;

namespace RoutingService.Automatic;

/// <summary>
/// The outputs of NVIDIA's classifier, however its server gives them: as the results that the reference code names, as the logits of each
/// head, or as all logits in one output.
/// https://huggingface.co/nvidia/prompt-task-and-complexity-classifier
/// </summary>
internal static class ClassifierHeads
{
    private const string TaskType = "task_type";
    private const string Creativity = "creativity_scope";
    private const string Reasoning = "reasoning";
    private const string ContextualKnowledge = "contextual_knowledge";
    private const string FewShots = "number_of_few_shots";
    private const string DomainKnowledge = "domain_knowledge";
    private const string NoLabelReason = "no_label_reason";
    private const string Constraints = "constraint_ct";

    private const int MaxLabelLength = 64;

    /// <summary>In the order of the model's logits, with the weight of each class; the score is their mean over the divisor.</summary>
    private static readonly (string Name, double[] Weights, double Divisor)[] Heads =
    [
        (TaskType, new double[TaskTypes.All.Count], 1),
        (Creativity, [2, 1, 0], 2),
        (Reasoning, [0, 1], 1),
        (ContextualKnowledge, [0, 1], 1),
        (FewShots, [0, 1, 2, 3, 4, 5], 1),
        (DomainKnowledge, [3, 1, 2, 0], 3),
        (NoLabelReason, [0], 1),
        (Constraints, [1, 0], 1),
    ];

    private static readonly int LogitCount = Heads.Sum(head => head.Weights.Length);

    public static PromptClassification Read(KServeAnswer answer)
    {
        if (answer.Find("task_type_1") is { } first)
        {
            return FromResults(answer, first);
        }

        if (answer.Outputs is [{ Numbers: var logits }])
        {
            return logits.Count == LogitCount
                ? FromLogits(Split(logits))
                : throw new KServeException($"answered with {logits.Count} values where its heads have {LogitCount}.");
        }

        return FromLogits(Heads.ToDictionary(head => head.Name, head => Logits(answer, head.Name, head.Weights.Length), StringComparer.Ordinal));
    }

    private static PromptClassification FromResults(KServeAnswer answer, KServeOutput taskType)
    {
        var result = new PromptClassification
        {
            TaskType = Label(taskType),
            SecondTaskType = answer.Find("task_type_2") is { } second ? Label(second) : TaskTypes.None,
            TaskTypeProbability = PromptClassification.RoundProbability(Number(answer, "task_type_prob", 1, fallback: 0)),
            Creativity = PromptClassification.RoundHead(Number(answer, Creativity, 1)),
            Reasoning = PromptClassification.RoundHead(Number(answer, Reasoning, 1)),
            ContextualKnowledge = PromptClassification.RoundHead(Number(answer, ContextualKnowledge, 1)),
            FewShots = PromptClassification.RoundFewShots(Number(answer, FewShots, (double)PromptClassification.MaxFewShots)),
            DomainKnowledge = PromptClassification.RoundHead(Number(answer, DomainKnowledge, 1)),
            NoLabelReason = PromptClassification.RoundHead(Number(answer, NoLabelReason, 1, fallback: 0)),
            Constraints = PromptClassification.RoundHead(Number(answer, Constraints, 1)),
            Score = 0,
        };

        // A model that was fitted again has weights of its own, so its own number wins.
        return result with
        {
            Score = answer.Find("prompt_complexity_score") is null
                ? ScoreOf(result)
                : decimal.Round((decimal)Number(answer, "prompt_complexity_score", (double)PromptClassification.MaxScore), 5, MidpointRounding.ToEven),
        };
    }

    private static PromptClassification FromLogits(Dictionary<string, double[]> logits)
    {
        var probabilities = Softmax(logits[TaskType]);
        var order = Enumerable.Range(0, probabilities.Length).OrderByDescending(index => probabilities[index]).ToArray();
        var secondProbability = PromptClassification.RoundProbability(probabilities[order[1]]);
        var result = new PromptClassification
        {
            TaskType = TaskTypes.All[order[0]],
            SecondTaskType = secondProbability < TaskTypes.MinSecondProbability ? TaskTypes.None : TaskTypes.All[order[1]],
            TaskTypeProbability = PromptClassification.RoundProbability(probabilities[order[0]]),
            Creativity = PromptClassification.RoundHead(Mean(logits, Creativity)),
            Reasoning = PromptClassification.RoundHead(Mean(logits, Reasoning)),
            ContextualKnowledge = PromptClassification.RoundHead(Mean(logits, ContextualKnowledge)),
            FewShots = PromptClassification.RoundFewShots(Mean(logits, FewShots)),
            DomainKnowledge = PromptClassification.RoundHead(Mean(logits, DomainKnowledge)),
            NoLabelReason = PromptClassification.RoundHead(Mean(logits, NoLabelReason)),
            Constraints = PromptClassification.RoundHead(Mean(logits, Constraints)),
            Score = 0,
        };
        return result with { Score = ScoreOf(result) };
    }

    private static decimal ScoreOf(PromptClassification heads) => PromptClassification.ScoreOf(
        heads.Creativity, heads.Reasoning, heads.Constraints, heads.DomainKnowledge, heads.ContextualKnowledge, heads.FewShots);

    private static double Mean(Dictionary<string, double[]> logits, string name)
    {
        var (_, weights, divisor) = Array.Find(Heads, head => head.Name == name);
        return Softmax(logits[name]).Zip(weights, (probability, weight) => probability * weight).Sum() / divisor;
    }

    private static double[] Softmax(double[] logits)
    {
        var highest = logits.Max();
        var powers = Array.ConvertAll(logits, logit => Math.Exp(logit - highest));
        var sum = powers.Sum();
        return Array.ConvertAll(powers, power => power / sum);
    }

    private static Dictionary<string, double[]> Split(IReadOnlyList<double> logits)
    {
        var split = new Dictionary<string, double[]>(StringComparer.Ordinal);
        var position = 0;
        foreach (var (name, weights, _) in Heads)
        {
            split[name] = [.. logits.Skip(position).Take(weights.Length)];
            position += weights.Length;
        }

        return split;
    }

    private static double[] Logits(KServeAnswer answer, string name, int count)
    {
        var output = answer.Find(name) ?? answer.Find(name + "_logits") ?? throw Missing(name);
        return output.Numbers.Count == count
            ? [.. output.Numbers]
            : throw new KServeException($"answered with {output.Numbers.Count} values for '{name}', which has {count}.");
    }

    private static double Number(KServeAnswer answer, string name, double max, double? fallback = null)
    {
        if (answer.Find(name) is not { } output)
        {
            return fallback ?? throw Missing(name);
        }

        // As floats, probabilities may be a hair beyond their bounds.
        const double Tolerance = 1e-4;
        return output.Numbers is [>= -Tolerance and var value] && value <= max + Tolerance
            ? Math.Clamp(value, 0, max)
            : throw new KServeException($"answered with a '{name}' that is not one number from 0 to {max}.");
    }

    private static string Label(KServeOutput output) => output.Texts is [{ Length: > 0 and <= MaxLabelLength } label]
        ? label
        : throw new KServeException($"answered with a '{output.Name}' that is not one label.");

    private static KServeException Missing(string name) => new($"answered without '{JsonStrings.Shorten(name)}'.");
}
