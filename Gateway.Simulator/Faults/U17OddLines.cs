using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U17OddLines : IFault
{
    public string Summary => "Line ends of every kind, a byte order mark, no blank behind colons, comments, data on several lines.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u17"] = new() { OddLines = true },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["whole"] = "Only a stream has events.",
        ["bedrock"] = "Frames have no lines.",
    };
}
