using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U59OddIndexes : IFault
{
    private static readonly AnswerToolCall[] Calls = [new("get_weather", "{\"city\":\"Paris\"}", "call_1"), new("get_time", "{\"zone\":\"CET\"}", "call_2")];

    public string Summary => "Tool calls that are numbered from 3 on, or repeat their ids with each piece.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u59"] = new() { ToolCalls = Calls, FirstIndex = 3 },
        ["u59-ids"] = new() { ToolCalls = Calls, RepeatIds = true },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["whole"] = "Only a stream has events.",
        ["gemini"] = "It has no numbers.",
    };
}
