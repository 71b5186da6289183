namespace RoutingService.Automatic;

/// <summary>What NVIDIA's classifier tells apart, in the order of its outputs.</summary>
internal static class TaskTypes
{
    public const string Brainstorming = "Brainstorming";
    public const string Chatbot = "Chatbot";
    public const string Classification = "Classification";
    public const string ClosedQA = "Closed QA";
    public const string CodeGeneration = "Code Generation";
    public const string Extraction = "Extraction";
    public const string OpenQA = "Open QA";
    public const string Other = "Other";
    public const string Rewrite = "Rewrite";
    public const string Summarization = "Summarization";
    public const string TextGeneration = "Text Generation";
    public const string Unknown = "Unknown";

    /// <summary>There is no second type: its probability is below <see cref="MinSecondProbability"/>.</summary>
    public const string None = "NA";

    public const decimal MinSecondProbability = 0.1m;

    public static IReadOnlyList<string> All { get; } =
    [
        Brainstorming, Chatbot, Classification, ClosedQA, CodeGeneration, Extraction, OpenQA, Other, Rewrite, Summarization, TextGeneration, Unknown,
    ];

    /// <summary>The outputs of the complexity router of NVIDIA's llm-router blueprint, in their order.</summary>
    public static IReadOnlyList<string> Dimensions { get; } =
    [
        "Creativity", "Reasoning", "Contextual-Knowledge", "Few-Shot", "Domain-Knowledge", "No-Label-Reason", "Constraint",
    ];
}
