namespace Gateway.Simulator.Protocols;

/// <summary>An answer as the protocol writes it: one part, or the events of a stream.</summary>
internal sealed record FramedAnswer(string ContentType, bool IsStream, IReadOnlyList<ByteTemplate> Events);
