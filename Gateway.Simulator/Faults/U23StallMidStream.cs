using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U23StallMidStream : IFault
{
    public string Summary => "Ten tokens, then nothing.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u23"] = new() { Ending = AnswerEnding.Stall, EndAfterEvents = 11 },
    };
}
