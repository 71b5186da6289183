using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U11CutCloseDelimitedStream : IFault
{
    public string Summary => "A stream with no length and no chunks ends by a FIN after ten tokens: to HTTP, nothing is wrong.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u11"] = new() { Ending = AnswerEnding.Fin, EndAfterEvents = 11, Framing = AnswerFraming.CloseDelimited },
    };
}
