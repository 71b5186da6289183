using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U47TwoEnds : IFault
{
    public string Summary => "An answer in chunks that has a Content-Length too, on a connection that stays open.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u47"] = new() { Framing = AnswerFraming.ChunkedWithLength },
    };
}
