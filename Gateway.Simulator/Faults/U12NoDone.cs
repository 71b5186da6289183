using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U12NoDone : IFault
{
    private const string NoOther = "Its last event is the one that ends the answer: without it the answer has broken off, which is u11.";

    public string Summary => "A whole stream without [DONE].";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u12"] = new() { OmitTerminator = true },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["whole"] = "Only a stream has events.",
        ["openai-responses"] = NoOther,
        ["anthropic"] = NoOther,
        ["gemini"] = NoOther,
        ["bedrock"] = NoOther,
    };
}
