using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U39ServerError : IFault
{
    public string Summary => "500.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u39"] = new() { Status = 500, ErrorMessage = "The server had an error while processing your request." },
    };
}
