namespace RoutingService.Automatic.Heuristics;

/// <summary>
/// The outputs of NVIDIA's classifier without its model: words, lengths and shapes of the text, weighed so that its published examples and
/// everyday prompts come out in the same tiers. Same text, same answer; no I/O, no clock.
/// </summary>
internal sealed class HeuristicClassifier : IPromptClassifier
{
    /// <summary>As much as the model would read, and some more; it bounds the time.</summary>
    private const int MaxCharacters = 8192;

    public string Method => RoutingMethods.Heuristic;

    public ValueTask<ClassifierResult> ClassifyAsync(ClassifierInput input, CancellationToken cancellationToken)
        => ValueTask.FromResult<ClassifierResult>(Classify(input.Text));

    public static PromptClassification Classify(ReadOnlySpan<char> text)
    {
        var signals = PromptSignals.Read(text[..Math.Min(text.Length, MaxCharacters)]);
        var (task, second, probability) = HeuristicTasks.Of(in signals);
        var creativity = PromptClassification.RoundHead(CreativityOf(in signals, task));
        var reasoning = PromptClassification.RoundHead(ReasoningOf(in signals, task));
        var constraints = PromptClassification.RoundHead(ConstraintsOf(in signals, task));
        var domain = PromptClassification.RoundHead(DomainOf(in signals, task));
        var context = PromptClassification.RoundHead(ContextOf(in signals, task));
        var fewShots = PromptClassification.RoundFewShots(Math.Min(signals.Examples, (double)PromptClassification.MaxFewShots));
        return new PromptClassification
        {
            TaskType = task,
            SecondTaskType = second,
            TaskTypeProbability = PromptClassification.RoundProbability(probability),
            Creativity = creativity,
            Reasoning = reasoning,
            Constraints = constraints,
            DomainKnowledge = domain,
            ContextualKnowledge = context,
            FewShots = fewShots,
            Score = PromptClassification.ScoreOf(creativity, reasoning, constraints, domain, context, fewShots),
        };
    }

    private static double CreativityOf(in PromptSignals signals, string task)
    {
        var start = task switch
        {
            TaskTypes.TextGeneration => signals[Cue.Fiction] > 0 ? 0.75 : 0.5,
            TaskTypes.Brainstorming => 0.15 * Math.Min(4, signals[Cue.Brainstorm]),
            TaskTypes.Chatbot => 0.1,
            TaskTypes.Rewrite => 0.15,
            TaskTypes.CodeGeneration => 0.08,
            TaskTypes.OpenQA or TaskTypes.Other => 0.05,
            _ => 0.01,
        };
        return Raise(start, signals[Cue.Invent], half: 2);
    }

    private static double ReasoningOf(in PromptSignals signals, string task)
    {
        var weight = ReasonsOf(in signals, task) + (0.5 * Math.Max(0, signals.Questions - 1)) + Math.Min(2, 0.6 * signals.Formulas);

        // A story of numbers with a question at its end is a problem to solve.
        if (signals is { Numbers: >= 3, Questions: > 0 } && signals.WordCount >= 15 && !signals.HasFence)
        {
            weight += 1.5;
        }

        if (task == TaskTypes.CodeGeneration)
        {
            weight += Math.Min(1.5, signals.WordCount / 80.0) + (signals.HasFence ? 0.5 : 0);
        }

        return Raise(0.01, weight, half: 1.5);
    }

    /// <summary>The words of a text that is only to be looked at, shortened or reworded are not what is asked for.</summary>
    private static double ReasonsOf(in PromptSignals signals, string task) => task switch
    {
        TaskTypes.Summarization or TaskTypes.Rewrite or TaskTypes.Extraction or TaskTypes.Classification => 0.25 * signals[Cue.Reason],
        TaskTypes.ClosedQA => signals.Leading(Cue.Reason) + (0.25 * (signals[Cue.Reason] - signals.Leading(Cue.Reason))),
        _ => signals[Cue.Reason],
    };

    private static double ConstraintsOf(in PromptSignals signals, string task)
    {
        var start = task switch
        {
            TaskTypes.CodeGeneration => 0.5,
            TaskTypes.TextGeneration => 0.35,
            TaskTypes.Brainstorming or TaskTypes.Classification => 0.25,
            TaskTypes.Chatbot => 0.05,
            _ => 0.15,
        };

        // Who describes at length what is to be made, wants it so.
        var wishes = task is TaskTypes.CodeGeneration or TaskTypes.TextGeneration ? Math.Min(2, signals.WordCount / 40.0) : 0;
        return Raise(start, signals[Cue.Constrain] + (0.4 * signals.ListLines) + wishes, half: 2.5);
    }

    private static double DomainOf(in PromptSignals signals, string task)
    {
        var start = task switch
        {
            TaskTypes.CodeGeneration => 0.85,
            TaskTypes.OpenQA => 0.3,
            TaskTypes.Chatbot => 0.05,
            _ => 0.15,
        };
        var code = signals[Cue.Code] + Math.Min(2, signals.CodeSigns / 6.0);
        var isMaterial = task is TaskTypes.Summarization or TaskTypes.Rewrite or TaskTypes.Extraction or TaskTypes.Classification or TaskTypes.ClosedQA;
        return Raise(start, signals[Cue.Domain] + (0.3 * signals.LongWords) + (0.4 * code), half: isMaterial ? 3 : 1.5);
    }

    private static double ContextOf(in PromptSignals signals, string task)
    {
        var weight = signals[Cue.Refer] + (signals.MaterialWords / 60.0);
        return Raise(task == TaskTypes.ClosedQA ? 0.5 : 0.02, weight, half: 3);
    }

    /// <summary>Goes from the start towards 1, half of the way at the weight <paramref name="half"/>.</summary>
    private static double Raise(double start, double weight, double half) => start + ((1 - start) * weight / (weight + half));
}
