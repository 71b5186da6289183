using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U19HugeLine : IFault
{
    public string Summary => "An event larger than any server sends: 6 MB, or 64 MB without a line end, in the middle of a stream.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u19"] = new() { Insertions = [new(5, new string('a', 6 << 20), IsData: true)] },
        ["u19-endless"] = new() { Insertions = [new(5, new string('a', 1 << 20), Times: 64), new(5, "data: ")] },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string> { ["whole"] = "Only a stream has events." };
}
