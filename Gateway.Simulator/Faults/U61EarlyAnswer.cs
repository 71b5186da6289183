using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U61EarlyAnswer : IFault
{
    public string Summary => "413 and a reset before the request has been read.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u61"] = new() { Status = 413, ErrorMessage = "The request is too large.", BeforeBody = true, Ending = AnswerEnding.Reset },
    };
}
