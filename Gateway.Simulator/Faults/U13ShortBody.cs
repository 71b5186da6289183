using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U13ShortBody : IFault
{
    public string Summary => "A body that is shorter than its Content-Length.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u13"] = new() { Ending = AnswerEnding.Fin, EndAfterBytes = 200, Framing = AnswerFraming.Length },
        ["u13-reset"] = new() { Ending = AnswerEnding.Reset, EndAfterBytes = 200, Framing = AnswerFraming.Length },
    };
}
