using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U42Html : IFault
{
    public string Summary => "Status 200 with an HTML page.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u42"] = new()
        {
            Body = "<!doctype html><html><body><h1>Welcome</h1></body></html>",
            Headers = new Dictionary<string, string> { ["content-type"] = "text/html; charset=utf-8" },
        },
    };
}
