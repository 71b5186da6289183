using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U45Redirect : IFault
{
    public string Summary => "A redirect, to another path of this host or to another host.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u45"] = To(307, "/elsewhere"),
        ["u45-301"] = To(301, "/elsewhere"),
        ["u45-302"] = To(302, "/elsewhere"),
        ["u45-303"] = To(303, "/elsewhere"),
        ["u45-308"] = To(308, "/elsewhere"),
        ["u45-other-host"] = To(307, "http://elsewhere.invalid/v1/chat/completions"),
    };

    private static Answer To(int status, string location)
        => new() { Status = status, Body = "", Headers = new Dictionary<string, string> { ["location"] = location } };
}
