using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U28WrongKey : IFault
{
    public string Summary => "401, the provider key is wrong.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u28"] = new() { Error = AnswerErrorKind.WrongKey },
    };
}
