using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U63OtherShape : IFault
{
    public string Summary => "A stream in place of a whole answer, and the other way round.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u63"] = new() { OtherShape = true },
    };
}
