using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U57EmptyEvents : IFault
{
    public string Summary => "Events without choices, without a delta, of an unknown kind.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u57"] = new() { EmptyEvents = true },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["whole"] = "Only a stream has events.",
    };
}
