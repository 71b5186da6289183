using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U50ZeroUsage : IFault
{
    public string Summary => "Usage of nothing at all.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u50"] = new() { Usage = new AnswerUsage(0, 0) },
    };
}
