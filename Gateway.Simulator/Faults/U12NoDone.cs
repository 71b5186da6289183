using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U12NoDone : IFault
{
    public string Summary => "A whole stream without the event that ends it.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u12"] = new() { OmitTerminator = true },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["whole"] = "Only a stream has events.",
    };
}
