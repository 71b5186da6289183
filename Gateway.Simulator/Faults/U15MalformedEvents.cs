using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U15MalformedEvents : IFault
{
    private const string Broken = "{\"choices\":[{\"delta\":{\"content\":";

    public string Summary => "Events with broken JSON among good ones: one, or four.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u15"] = new() { Insertions = [new(5, Broken, IsData: true)] },
        ["u15-many"] = new() { Insertions = [new(5, Broken, IsData: true), new(6, Broken, IsData: true), new(7, Broken, IsData: true), new(8, Broken, IsData: true)] },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["whole"] = "Only a stream has events.",
    };
}
