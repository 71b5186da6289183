namespace RoutingService.Automatic.Heuristics;

/// <summary>Weighs what a text says about its task.</summary>
internal static class HeuristicTasks
{
    /// <summary>So much stands against the best of the types: one weak word is not sure of itself.</summary>
    private const double Doubt = 1.5;

    public static (string Task, string Second, double Probability) Of(in PromptSignals signals)
    {
        if (signals.Letters == 0)
        {
            return (signals.WordCount == 0 ? TaskTypes.Unknown : TaskTypes.OpenQA, TaskTypes.None, 0.5);
        }

        // In the order of TaskTypes.All.
        Span<double> weights =
        [
            Of(in signals, Cue.Brainstorm),
            Chatbot(in signals),
            Of(in signals, Cue.Classify),
            ClosedQA(in signals),
            Code(in signals),
            Of(in signals, Cue.Extract),
            OpenQA(in signals),
            0.6,
            Of(in signals, Cue.Rewrite),
            Of(in signals, Cue.Summarize),
            TextGeneration(in signals),
            0,
        ];
        var (best, second, sum) = (0, -1, Doubt);
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i];
            if (weights[i] > weights[best])
            {
                (second, best) = (best, i);
            }
            else if (i != best && (second < 0 || weights[i] > weights[second]))
            {
                second = i;
            }
        }

        return (
            TaskTypes.All[best],
            PromptClassification.RoundProbability(weights[second] / sum) < TaskTypes.MinSecondProbability ? TaskTypes.None : TaskTypes.All[second],
            weights[best] / sum);
    }

    /// <summary>The instruction counts, which stands at the start; the same words in the material count little.</summary>
    private static double Of(in PromptSignals signals, Cue cue) => signals.Leading(cue) + (0.25 * Math.Min(4, signals[cue] - signals.Leading(cue)));

    private static double Chatbot(in PromptSignals signals)
        => signals.WordCount <= 12 ? signals.Leading(Cue.Greet) * (signals.WordCount <= 6 ? 1.5 : 0.7) : 0;

    private static double ClosedQA(in PromptSignals signals)
        => signals.MaterialWords >= 40 && signals.Questions > 0 && signals.Leading(Cue.Make) == 0
            ? 2 + Math.Min(1.5, signals[Cue.Refer])
            : signals.Leading(Cue.Refer) > 0 && signals.WordCount >= 40 && signals.Leading(Cue.Make) == 0 ? 2
            : signals[Cue.Refer] > 0 && signals.Questions > 0 ? 1
            : 0;

    private static double Code(in PromptSignals signals)
    {
        var code = Math.Min(5, signals[Cue.Code]);
        var isMade = signals.Leading(Cue.Make) > 0;
        var looksLikeCode = signals.HasFence || signals.CodeSigns > 8;
        return looksLikeCode ? 3 + (0.5 * code)
            : code > 0 ? (isMade ? 2.5 : 0.3) + (code * (isMade ? 1 : 0.35))
            : 0;
    }

    private static double OpenQA(in PromptSignals signals)
        => Math.Min(2, signals.Leading(Cue.Ask)) + (signals.Questions > 0 ? 1.2 : 0) + (0.3 * Math.Min(4, signals.Leading(Cue.Reason)));

    private static double TextGeneration(in PromptSignals signals)
    {
        var texts = signals[Cue.Fiction] + signals[Cue.Prose];
        var isMade = signals.Leading(Cue.Make) > 0;
        return isMade ? 1.6 + Math.Min(4, texts) + (0.5 * Math.Min(2, signals[Cue.Invent])) : 0.4 * Math.Min(4, signals.Leading(Cue.Fiction) + signals.Leading(Cue.Prose));
    }
}
