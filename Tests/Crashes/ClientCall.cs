using Gateway.Contracts;

namespace Tests.Crashes;

/// <summary>One call as its client saw it.</summary>
/// <param name="Marker">In its prompt, so that the upstream's request can be told to be this one.</param>
/// <param name="Key">Name of its key.</param>
/// <param name="Price">What it costs when it is answered in full.</param>
/// <param name="RequestId">Null when no headers came.</param>
internal sealed record ClientCall(string Marker, string Key, NanoUsd Price, ClientSaw Saw, string? RequestId)
{
    public string? Detail { get; init; }
}

internal enum ClientSaw
{
    /// <summary>The whole answer, its last byte included.</summary>
    Acknowledged,

    /// <summary>A status that is an error.</summary>
    Refused,

    /// <summary>No answer, or a part of one.</summary>
    Broken,
}
