using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U38QuotaUsedUp : IFault
{
    public string Summary => "A refusal that waiting does not heal: the account has no credit left.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u38"] = new() { Error = AnswerErrorKind.QuotaUsedUp },
    };

    public IReadOnlyDictionary<string, string> NotIn { get; } = new Dictionary<string, string>
    {
        ["bedrock"] = "AWS sends a bill afterwards: there is no credit to use up.",
    };
}
