using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U31ClientStatuses : IFault
{
    public string Summary => "408, 409 (u32), 413 (u33), 422 (u34).";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u31"] = new() { Status = 408, ErrorMessage = "The request timed out." },
        ["u32"] = new() { Status = 409, ErrorMessage = "Another request is at it." },
        ["u33"] = new() { Status = 413, ErrorMessage = "The request is too large." },
        ["u34"] = new() { Status = 422, ErrorMessage = "The value makes no sense." },
    };
}
