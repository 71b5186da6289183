using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U15MalformedEvents : IFault
{
    private const string Broken = "data: {\"choices\":[{\"delta\":{\"content\":\n\n";

    public string Summary => "Events with broken JSON among good ones: one, or four.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u15"] = new() { Insertions = [new(5, Broken)] },
        ["u15-many"] = new() { Insertions = [new(5, Broken), new(6, Broken), new(7, Broken), new(8, Broken)] },
    };
}
