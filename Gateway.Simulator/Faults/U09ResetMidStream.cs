using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U09ResetMidStream : IFault
{
    public string Summary => "A reset after ten tokens.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        // The first event has the role alone.
        ["u09"] = new() { Ending = AnswerEnding.Reset, EndAfterEvents = 11 },
    };
}
