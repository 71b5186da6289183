using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U08EndReusedConnection : IFault
{
    public string Summary => "The connection ends before the status line, if it has served before.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u08"] = new() { Ending = AnswerEnding.Reset, EndBeforeHeaders = true, OnReusedConnection = true },
        ["u08-fin"] = new() { Ending = AnswerEnding.Fin, EndBeforeHeaders = true, OnReusedConnection = true },
    };
}
