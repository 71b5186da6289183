using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U22StallBeforeFirstEvent : IFault
{
    public string Summary => "Headers, then nothing.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u22"] = new() { Ending = AnswerEnding.Stall, EndAfterEvents = 0 },
    };
}
