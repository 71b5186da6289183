using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U25BadRequest : IFault
{
    public string Summary => "400, the request is invalid.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u25"] = new() { Status = 400, ErrorMessage = "Invalid value for 'temperature'.", ErrorCode = "invalid_value" },
        ["u26"] = new() { Status = 400, ErrorMessage = "This model's maximum context length is 8192 tokens.", ErrorCode = "context_length_exceeded" },
        ["u27"] = new() { Status = 400, ErrorMessage = "The prompt was refused by the content policy.", ErrorCode = "content_policy_violation" },
    };
}
