using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U18LongLine : IFault
{
    public string Summary => "An event of 300 kB, in good order.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u18"] = new() { Text = new string('a', 300_000) },
    };
}
