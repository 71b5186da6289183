using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U07EndBeforeHeaders : IFault
{
    public string Summary => "The connection ends before the status line.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u07"] = new() { Ending = AnswerEnding.Reset, EndBeforeHeaders = true },
        ["u07-fin"] = new() { Ending = AnswerEnding.Fin, EndBeforeHeaders = true },
    };
}
