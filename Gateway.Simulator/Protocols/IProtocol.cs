using System.Buffers;
using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Protocols;

/// <summary>
/// A provider's protocol: its routes, how it is asked, and how an answer, a stream or an error is framed. One class for each.
/// </summary>
internal interface IProtocol
{
    /// <summary>The protocol's name, which is also its folder in the fixtures.</summary>
    string Name { get; }

    /// <summary>The header in which an answer carries its request id.</summary>
    string RequestIdHeader { get; }

    /// <summary>Maps the protocol's paths; <paramref name="exchange"/> answers those that call a model.</summary>
    void Map(IEndpointRouteBuilder routes, RequestDelegate exchange);

    /// <summary>What the answer depends on; the model may be in the path.</summary>
    RequestFacts Read(HttpRequest request, in ReadOnlySequence<byte> body);

    /// <summary>The schema of a request, one of <see cref="Specs.SpecNames"/>; null where it has none.</summary>
    string? SpecOf(string path) => null;

    /// <summary>What the real server would answer in place of the default: a count, or the refusal of a request that it would not take. Null: nothing.</summary>
    Answer? Override(HttpRequest request, in ReadOnlySequence<byte> body, in RequestFacts facts) => null;

    /// <summary>The answer as the protocol writes it.</summary>
    FramedAnswer Frame(GeneratedAnswer answer);

    /// <summary>The body of an error answer.</summary>
    FramedAnswer FrameError(int status, string message, string? code);

    /// <summary>An error inside a stream that has begun.</summary>
    ByteTemplate FrameStreamError(string message, string? code);

    /// <summary>An event of a stream that holds this, whatever it is.</summary>
    ByteTemplate FrameData(string data);

    /// <summary>What keeps a silent stream open; null where the protocol has nothing for it.</summary>
    ByteTemplate? Ping => new(": ping\n\n");

    /// <summary>Events without anything in them.</summary>
    IReadOnlyList<ByteTemplate> EmptyEvents { get; }

    /// <summary>How the vendor says it; null where it never does.</summary>
    VendorError? Describe(AnswerErrorKind kind);
}
