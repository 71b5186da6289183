using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U36RateLimitedFraction : IFault
{
    public string Summary => "429, retry-after in milliseconds or with a fraction.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u36"] = new() { Status = 429, Headers = new Dictionary<string, string> { ["retry-after-ms"] = "1500" } },
        ["u36-fraction"] = new() { Status = 429, Headers = new Dictionary<string, string> { ["retry-after"] = "1.5" } },
    };
}
