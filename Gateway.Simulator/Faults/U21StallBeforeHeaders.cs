using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U21StallBeforeHeaders : IFault
{
    public string Summary => "The request is taken and nothing is answered.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u21"] = new() { Ending = AnswerEnding.Stall, EndBeforeHeaders = true },
    };
}
