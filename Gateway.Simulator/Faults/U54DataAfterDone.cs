using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U54DataAfterDone : IFault
{
    public string Summary => "The end twice, and data after it.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u54"] = new() { RepeatAtEnd = [-1] },
        ["u54-data"] = new() { RepeatAtEnd = [5] },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["whole"] = "Only a stream has events.",
    };
}
