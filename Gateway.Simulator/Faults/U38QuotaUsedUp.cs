using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U38QuotaUsedUp : IFault
{
    public string Summary => "429 that waiting does not heal: the account's quota is used up.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u38"] = new()
        {
            Status = 429,
            ErrorMessage = "You exceeded your current quota, please check your plan and billing details.",
            ErrorCode = "insufficient_quota",
        },
    };
}
