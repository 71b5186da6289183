using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U24PingsAlone : IFault
{
    public string Summary => "Ten tokens, or none at all, then pings or comments for ever.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u24"] = new() { Ending = AnswerEnding.Stall, EndAfterEvents = 11, PingEveryMs = 100 },
        ["u24-start"] = new() { Ending = AnswerEnding.Stall, EndAfterEvents = 0, PingEveryMs = 100 },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["whole"] = "Only a stream has events.",
        ["bedrock"] = "It sends no pings.",
    };
}
