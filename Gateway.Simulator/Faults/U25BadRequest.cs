using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U25BadRequest : IFault
{
    public string Summary => "400: the request is invalid, its context too long (u26), its content refused (u27).";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u25"] = new() { Status = 400, ErrorMessage = "Invalid value for 'temperature'." },
        ["u26"] = new() { Error = AnswerErrorKind.ContextTooLong },
        ["u27"] = new() { Error = AnswerErrorKind.ContentRefused },
    };
}
