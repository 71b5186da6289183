namespace RoutingService.Automatic.Heuristics;

/// <summary>What a word says about a prompt.</summary>
internal enum Cue
{
    /// <summary>Something is to be made: write, create, implement.</summary>
    Make,

    /// <summary>It is about programs.</summary>
    Code,

    /// <summary>A kind of text that takes invention: story, poem.</summary>
    Fiction,

    /// <summary>A kind of text that does not: letter, report.</summary>
    Prose,
    Invent,
    Summarize,
    Rewrite,
    Classify,
    Extract,
    Brainstorm,
    Ask,
    Greet,
    Reason,
    Constrain,
    Domain,

    /// <summary>It refers to something that is given: above, following, attached.</summary>
    Refer,
}

internal readonly record struct WeightedCue(Cue Cue, double Weight);
