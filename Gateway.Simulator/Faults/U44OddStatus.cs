using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U44OddStatus : IFault
{
    public string Summary => "A status that no client expects: 204, 206, 418, 999, or a hundred times 103.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u44"] = new() { Status = 418 },
        ["u44-204"] = new() { Status = 204 },
        ["u44-206"] = new() { Status = 206 },
        ["u44-999"] = new() { Status = 999 },
        ["u44-1xx"] = Answer.OfWire(string.Concat(Enumerable.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 100))),
    };
}
