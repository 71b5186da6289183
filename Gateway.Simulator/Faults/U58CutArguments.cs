using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U58CutArguments : IFault
{
    public string Summary => "The arguments of a tool call end in their middle.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u58"] = new() { ToolCalls = [new AnswerToolCall("get_weather", "{\"city\":\"Par")] },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["gemini"] = "Arguments are an object there: cut off, the whole answer is no JSON, which is u14.",
        ["anthropic-whole"] = "Arguments are an object there: cut off, the whole answer is no JSON, which is u14.",
        ["bedrock-whole"] = "Arguments are an object there: cut off, the whole answer is no JSON, which is u14.",
    };
}
