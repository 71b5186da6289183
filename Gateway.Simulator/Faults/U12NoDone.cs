using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U12NoDone : IFault
{
    public string Summary => "A whole stream without [DONE].";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u12"] = new() { OmitTerminator = true },
    };
}
