using System.Text.Json.Nodes;
using RoutingService.Automatic;

namespace Tests.Automatic;

/// <summary>The outputs of NVIDIA's classifier for what it says about a prompt, in each form that a server may give them.</summary>
internal static class KServeOutputs
{
    private const double Never = -40;

    // The three examples of the model's card.
    public static PromptClassification MysteryStory { get; } = new()
    {
        TaskType = "Text Generation",
        TaskTypeProbability = 0.9m,
        Creativity = 0.867m,
        Reasoning = 0.056m,
        Constraints = 0.785m,
        DomainKnowledge = 0.226m,
        ContextualKnowledge = 0.048m,
        Score = 0.472m,
    };

    public static PromptClassification AntibioticsSummary { get; } = new()
    {
        TaskType = "Summarization",
        TaskTypeProbability = 0.9m,
        Creativity = 0.003m,
        Reasoning = 0.014m,
        Constraints = 0.211m,
        DomainKnowledge = 0.644m,
        ContextualKnowledge = 0.003m,
        Score = 0.133m,
    };

    public static PromptClassification PythonScript { get; } = new()
    {
        TaskType = "Code Generation",
        TaskTypeProbability = 0.767m,
        Creativity = 0.0826m,
        Reasoning = 0.0632m,
        Constraints = 0.5578m,
        DomainKnowledge = 0.9803m,
        ContextualKnowledge = 0.0560m,
        Score = 0.27822m,
    };

    /// <summary>Heads whose score is exactly this, up to 0.35.</summary>
    public static PromptClassification OfScore(decimal score) => new()
    {
        TaskType = "Other",
        TaskTypeProbability = 1,
        Creativity = decimal.Round(Math.Min(score, 0.35m) / 0.35m, 4),
        Score = score,
    };

    public static JsonArray Results(PromptClassification classification, bool withScore = false)
    {
        var outputs = new JsonArray(
            Texts("task_type_1", classification.TaskType),
            Texts("task_type_2", classification.SecondTaskType),
            Numbers("task_type_prob", (double)classification.TaskTypeProbability),
            Numbers("creativity_scope", (double)classification.Creativity),
            Numbers("reasoning", (double)classification.Reasoning),
            Numbers("contextual_knowledge", (double)classification.ContextualKnowledge),
            Numbers("number_of_few_shots", (double)classification.FewShots),
            Numbers("domain_knowledge", (double)classification.DomainKnowledge),
            Numbers("no_label_reason", 0),
            Numbers("constraint_ct", (double)classification.Constraints));
        if (withScore)
        {
            outputs.Insert(0, Numbers("prompt_complexity_score", (double)classification.Score));
        }

        return outputs;
    }

    /// <summary>One output for each head.</summary>
    public static JsonArray Logits(PromptClassification classification)
        => [.. Heads(classification).Select(head => Numbers(head.Name, head.Logits))];

    /// <summary>All logits in one output.</summary>
    public static JsonArray OneVector(PromptClassification classification)
        => [Numbers("logits", [.. Heads(classification).SelectMany(head => head.Logits)])];

    public static JsonObject Numbers(string name, params double[] values) => new()
    {
        ["name"] = name,
        ["datatype"] = "FP32",
        ["shape"] = new JsonArray(1, values.Length),
        ["data"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]),
    };

    public static JsonObject Texts(string name, params string[] values) => new()
    {
        ["name"] = name,
        ["datatype"] = "BYTES",
        ["shape"] = new JsonArray(1, values.Length),
        ["data"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]),
    };

    /// <summary>Classes that have the means that the classification says, under the weights of the model's configuration.</summary>
    private static (string Name, double[] Logits)[] Heads(PromptClassification classification) =>
    [
        ("task_type", TaskLogits(classification)),
        ("creativity_scope", [Log(classification.Creativity), Never, Log(1 - classification.Creativity)]),
        ("reasoning", [Log(1 - classification.Reasoning), Log(classification.Reasoning)]),
        ("contextual_knowledge", [Log(1 - classification.ContextualKnowledge), Log(classification.ContextualKnowledge)]),
        ("number_of_few_shots", [Log(1 - (classification.FewShots / 5)), Never, Never, Never, Never, Log(classification.FewShots / 5)]),
        ("domain_knowledge", [Log(classification.DomainKnowledge), Never, Never, Log(1 - classification.DomainKnowledge)]),
        ("no_label_reason", [0.3]),
        ("constraint_ct", [Log(classification.Constraints), Log(1 - classification.Constraints)]),
    ];

    private static double[] TaskLogits(PromptClassification classification)
    {
        var logits = new double[TaskTypes.All.Count];
        Array.Fill(logits, Never);
        logits[TaskTypes.All.ToList().IndexOf(classification.TaskType)] = Log(classification.TaskTypeProbability);
        logits[TaskTypes.All.ToList().IndexOf(TaskTypes.Unknown)] = Log(1 - classification.TaskTypeProbability);
        return logits;
    }

    private static double Log(decimal probability) => probability <= 0 ? Never : Math.Log((double)probability);
}
