using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U60HalfCharacters : IFault
{
    public string Summary => "A character beyond the basic plane, its halves in two events.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u60"] = new() { Text = "A smile \uD83D\uDE42 and done", SplitSurrogates = true },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["whole"] = "Only a stream has events.",
    };
}
