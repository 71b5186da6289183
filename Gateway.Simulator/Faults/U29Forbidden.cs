using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U29Forbidden : IFault
{
    public string Summary => "403, the account lacks the model.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u29"] = new() { Status = 403, ErrorMessage = "Project does not have access to this model.", ErrorCode = "model_not_found" },
    };
}
