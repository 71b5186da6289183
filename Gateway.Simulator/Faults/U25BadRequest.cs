using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U25BadRequest : IFault
{
    public string Summary => "400: the request is invalid, its context too long (u26), its content refused (u27).";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u25"] = BadRequest("Invalid value for 'temperature'.", "invalid_value"),
        ["u26"] = BadRequest("This model's maximum context length is 8192 tokens.", "context_length_exceeded"),
        ["u27"] = BadRequest("The prompt was refused by the content policy.", "content_policy_violation"),
    };

    private static Answer BadRequest(string message, string code)
        => new() { Status = 400, ErrorMessage = message, ErrorCode = code };
}
