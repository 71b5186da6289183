using Gateway.Simulator.Faults;
using Gateway.Simulator.Scripts;

namespace Tests.Faults;

/// <summary>A row of the fault matrix and what comes of it.</summary>
internal sealed record FaultRow(string Name, Expected Whole, Expected Stream)
{
    /// <summary>For protocols that show it in another way, by their name.</summary>
    public Func<string, bool, Expected?> Elsewhere { get; init; } = (_, _) => null;

    /// <summary>The fault made fit for a table: shorter, quicker.</summary>
    public Func<Answer, Answer>? Change { get; init; }

    /// <summary>Where the counts of an answer come from.</summary>
    public string Source { get; init; } = "provider";

    /// <summary>A part of the answer's content.</summary>
    public string? Says { get; init; }

    /// <summary>What the client sends beside its question.</summary>
    public int PromptBytes { get; init; }

    /// <summary>It comes before HTTP: the simulator gives it an address, not a model.</summary>
    public bool IsListener { get; init; }

    /// <summary>Most of its time nothing happens, so that all such rows run at once.</summary>
    public bool Waits { get; init; }

    /// <summary>What the provider uses; null where it does not matter.</summary>
    public long? OutputTokens { get; init; }

    public Expected For(string protocol, bool stream) => Elsewhere(protocol, stream) ?? (stream ? Stream : Whole);

    /// <summary>The provider's account is at fault, so that one provider can show it once.</summary>
    public bool MarksCredential { get; init; }

    /// <summary>It opens no breaker though it fails: null where that follows from what the client sees.</summary>
    public bool? Rests { get; init; }

    public Answer Script => Change is null ? FaultCatalog.Get(Name) : Change(FaultCatalog.Get(Name));
}
