using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U56ErrorMidStream : IFault
{
    public string Summary => "An error after ten tokens of a stream.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u56"] = new() { StreamErrorAfter = 11 },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["whole"] = "Only a stream has events.",
    };
}
