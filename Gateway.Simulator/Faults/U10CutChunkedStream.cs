using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U10CutChunkedStream : IFault
{
    public string Summary => "A chunked stream ends by a FIN after ten tokens, with no last chunk.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u10"] = new() { Ending = AnswerEnding.Fin, EndAfterEvents = 11 },
    };
}
