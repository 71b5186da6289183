using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U19HugeLine : IFault
{
    private static readonly string Line = "data: " + new string('a', 64 << 20);

    public string Summary => "64 MB without a line end in the middle of a stream.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u19"] = new() { Insertions = [new(5, Line)] },
    };
}
