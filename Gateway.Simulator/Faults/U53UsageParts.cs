using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U53UsageParts : IFault
{
    public string Summary => "Usage whose parts are larger than the whole: cached input, reasoning.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u53"] = new() { Usage = new AnswerUsage(10, 20, CachedInput: 50, Reasoning: 40) },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["anthropic"] = "What was cached is counted apart, and no part of anything.",
        ["bedrock"] = "What was cached is counted apart, and no part of anything.",
    };
}
