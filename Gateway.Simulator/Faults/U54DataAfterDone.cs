using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U54DataAfterDone : IFault
{
    private const string Late = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"late\"}}]}\n\n";

    public string Summary => "[DONE] twice, and data after it.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u54"] = new() { Insertions = [new(int.MaxValue, "data: [DONE]\n\n")] },
        ["u54-data"] = new() { Insertions = [new(int.MaxValue, Late)] },
    };
}
