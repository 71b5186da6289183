namespace RoutingService.Automatic;

/// <summary>What a classifier says about a prompt: the heads of NVIDIA's prompt-task-and-complexity-classifier, rounded as it rounds them.</summary>
internal sealed record PromptClassification
{
    /// <summary>Five terms are 0 to 1 and few-shots is an expected count of 0 to 5, so the score runs to 1.2.</summary>
    public const decimal MaxScore = 1.2m;

    public const decimal MaxFewShots = 5;

    /// <summary>One of <see cref="TaskTypes.All"/>; another text where a classifier has its own.</summary>
    public required string TaskType { get; init; }

    /// <summary><see cref="TaskTypes.None"/> where there is none.</summary>
    public string SecondTaskType { get; init; } = TaskTypes.None;

    public decimal TaskTypeProbability { get; init; }

    public decimal Creativity { get; init; }

    public decimal Reasoning { get; init; }

    public decimal ContextualKnowledge { get; init; }

    /// <summary>An expected count.</summary>
    public decimal FewShots { get; init; }

    public decimal DomainKnowledge { get; init; }

    /// <summary>Outside the formula, and 0 from NVIDIA's model.</summary>
    public decimal NoLabelReason { get; init; }

    public decimal Constraints { get; init; }

    public required decimal Score { get; init; }

    /// <summary>NVIDIA's formula over the heads. Decimal, since its published examples have ties at the fifth place.</summary>
    public static decimal ScoreOf(
        decimal creativity, decimal reasoning, decimal constraints, decimal domainKnowledge, decimal contextualKnowledge, decimal fewShots)
        => decimal.Round(
            (0.35m * creativity) + (0.25m * reasoning) + (0.15m * constraints) + (0.15m * domainKnowledge) + (0.05m * contextualKnowledge) + (0.05m * fewShots),
            5,
            MidpointRounding.ToEven);

    /// <summary>A head with the places that it has: four, and few-shots of next to nothing are none.</summary>
    public static decimal RoundHead(double value) => decimal.Round((decimal)value, 4, MidpointRounding.ToEven);

    public static decimal RoundFewShots(double value) => RoundHead(value) is >= 0.05m and var count ? count : 0;

    public static decimal RoundProbability(double value) => decimal.Round((decimal)value, 3, MidpointRounding.ToEven);
}
