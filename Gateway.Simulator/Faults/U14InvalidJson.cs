using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U14InvalidJson : IFault
{
    public string Summary => "Status 200 with a body that is not JSON, or is only the beginning of it.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u14"] = new() { Body = "{\"id\": chatcmpl}" },
        ["u14-cut"] = new() { Body = "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"mess" },
        ["u14-empty"] = new() { Body = "" },
    };
}
