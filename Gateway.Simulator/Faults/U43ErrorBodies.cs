using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U43ErrorBodies : IFault
{
    public string Summary => "500 with an HTML page, an empty body, or 10 MB.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u43"] = Html("<html><body><h1>500 Internal Server Error</h1></body></html>"),
        ["u43-empty"] = Html(""),
        ["u43-10mb"] = Html(new string('x', 10 << 20)),
    };

    private static Answer Html(string body)
        => new() { Status = 500, Body = body, Headers = new Dictionary<string, string> { ["content-type"] = "text/html" } };
}
