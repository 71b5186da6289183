using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U30UnknownModel : IFault
{
    public string Summary => "404, the model is not known.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u30"] = new() { Error = AnswerErrorKind.ModelUnknown },
    };
}
