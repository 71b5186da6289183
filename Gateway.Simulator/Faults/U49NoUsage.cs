using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U49NoUsage : IFault
{
    public string Summary => "No usage, though it was asked for.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u49"] = new() { OmitUsage = true },
    };
}
