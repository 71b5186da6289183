using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U16SplitEveryByte : IFault
{
    public string Summary => "A whole answer, one byte in each chunk, with text beyond ASCII.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u16"] = new() { Text = "Grüße 你好 🙂 done", SplitEveryByte = true },
    };
}
