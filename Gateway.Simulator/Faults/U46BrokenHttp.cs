using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U46BrokenHttp : IFault
{
    public string Summary => "Not HTTP: a garbage status line, garbage chunk sizes, 70 kB of headers.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u46"] = Answer.OfWire("NOT/9 ZZZ what is this\r\n\r\n"),
        ["u46-chunks"] = Answer.OfWire(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\nzz\r\ndata: {}\r\n"),
        ["u46-headers"] = new() { Headers = new Dictionary<string, string> { ["x-filler"] = new('h', 70_000) } },
    };
}
