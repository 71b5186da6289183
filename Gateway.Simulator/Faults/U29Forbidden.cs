using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U29Forbidden : IFault
{
    public string Summary => "403, the account lacks the model.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u29"] = new() { Error = AnswerErrorKind.ModelNotAllowed },
    };
}
