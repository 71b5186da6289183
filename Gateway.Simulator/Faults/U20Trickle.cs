using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U20Trickle : IFault
{
    public string Summary => "A whole stream of ten tokens, one event each second.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u20"] = new() { Tokens = 10, DelayBetweenChunksMs = 1000 },
    };
}
