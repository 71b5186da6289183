using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U30UnknownModel : IFault
{
    public string Summary => "404, the model is not known.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u30"] = new() { Status = 404, ErrorMessage = "The model does not exist or you do not have access to it." },
    };
}
