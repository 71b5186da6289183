using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U41Overloaded : IFault
{
    public string Summary => "529, overloaded.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u41"] = new() { Status = 529, ErrorMessage = "Overloaded" },
    };
}
