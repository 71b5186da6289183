using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U52OddUsage : IFault
{
    public string Summary => "Usage that is no count: negative, too large, a text, a fraction, null.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u52"] = new() { OddUsage = new AnswerOddUsage("-5", "-7") },
        ["u52-large"] = new() { OddUsage = new AnswerOddUsage("9223372036854775808", "9223372036854775808") },
        ["u52-most"] = new() { OddUsage = new AnswerOddUsage("9223372036854775807", "9223372036854775807") },
        ["u52-text"] = new() { OddUsage = new AnswerOddUsage("\"12\"", "\"7\"") },
        ["u52-fraction"] = new() { OddUsage = new AnswerOddUsage("12.5", "7.5") },
        ["u52-null"] = new() { OddUsage = new AnswerOddUsage("null", "null") },
    };
}
