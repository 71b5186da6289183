using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U40Unavailable : IFault
{
    public string Summary => "503, with and without retry-after, 502 and 504.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u40"] = new() { Status = 503 },
        ["u40-retry-after"] = new() { Status = 503, Headers = new Dictionary<string, string> { ["retry-after"] = "2" } },
        ["u40-502"] = new() { Status = 502 },
        ["u40-504"] = new() { Status = 504 },
    };
}
