using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U62Compressed : IFault
{
    public string Summary => "A body in gzip that nobody asked for: the answer, or a bomb of 100 MB.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u62"] = new() { Compress = true },
        ["u62-bomb"] = new() { Compress = true, CompressedBlanks = 100 },
    };
}
