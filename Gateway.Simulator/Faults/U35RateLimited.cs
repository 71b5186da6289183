using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U35RateLimited : IFault
{
    public string Summary => "429, retry-after in whole seconds.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u35"] = new() { Status = 429, Headers = new Dictionary<string, string> { ["retry-after"] = "2" } },
        ["u35-none"] = new() { Status = 429 },
    };
}
