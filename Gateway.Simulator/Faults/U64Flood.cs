using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U64Flood : IFault
{
    public string Summary => "A stream of 20 MB as fast as it is read.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u64"] = new() { Tokens = 1000, PieceLength = 20_000 },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["whole"] = "Only a stream has events.",
    };
}
