using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U48ExtraBytes : IFault
{
    public string Summary => "Bytes behind the end of the body, which look like an answer, on a connection that stays open.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u48"] = new() { ExtraBytes = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{\"of\":\"another one\"}" },
    };
}
