using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

/// <summary>One row of the fault matrix that an upstream can be made to show, with its variants.</summary>
internal interface IFault
{
    /// <summary>What happens, in a few words.</summary>
    string Summary { get; }

    /// <summary>The answers by name: <c>u09</c>, and <c>u09-...</c> for a variant. As a model: <c>fault-u09</c>.</summary>
    IReadOnlyDictionary<string, Answer> Answers { get; }

    /// <summary>Why a protocol cannot show it, by the protocol's name; <c>...-stream</c> and <c>...-whole</c> for its streams or whole answers alone.</summary>
    IReadOnlyDictionary<string, string> NotIn => new Dictionary<string, string>();
}
