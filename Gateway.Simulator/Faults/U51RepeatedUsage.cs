using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U51RepeatedUsage : IFault
{
    public string Summary => "Usage more than once; the last report is the whole, not a part.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u51"] = new() { RepeatUsage = true },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["whole"] = "Only a stream has events.",
    };
}
