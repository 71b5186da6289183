using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U55ErrorFirst : IFault
{
    public string Summary => "Status 200, and the first event of the stream is an error.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u55"] = new() { StreamErrorAfter = 0 },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["whole"] = "Only a stream has events.",
    };
}
