using System.Text;
using Gateway.Simulator.Specs;
using Microsoft.Extensions.Primitives;

namespace Gateway.Simulator.Ledger;

/// <summary>One request as it arrived, and what became of it.</summary>
public sealed class ReceivedRequest
{
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long bytesSent;
    private bool isEndedByScript;
    private IReadOnlyList<SpecViolation>? violations;

    /// <summary>Counted from 1 since the start or the last reset.</summary>
    public required long Number { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public required string QueryString { get; init; }

    public required IReadOnlyDictionary<string, StringValues> Headers { get; init; }

    /// <summary>Equal for two requests that came over the same connection.</summary>
    public required string ConnectionId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The bearer token or API key that the caller sent.</summary>
    public string? Credential { get; init; }

    /// <summary>Empty until it has all been read.</summary>
    public ReadOnlyMemory<byte> Body { get; internal set; }

    public string BodyText => Encoding.UTF8.GetString(Body.Span);

    public string? Protocol { get; internal set; }

    public string? Model { get; internal set; }

    public bool IsStream { get; internal set; }

    /// <summary>No script was there for it while scripts were required, or nothing answers at its path.</summary>
    public bool IsUnexpected { get; internal set; }

    /// <summary>The status that was answered; null when the connection ended before there was one.</summary>
    public int? Status { get; internal set; }

    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>The caller went away before the answer was whole.</summary>
    public bool CallerAborted { get; private set; }

    /// <summary>Bytes of the answer's body that were handed to the connection.</summary>
    public long BytesSent => Interlocked.Read(ref bytesSent);

    /// <summary>
    /// Where the request breaks its vendor's description; empty where there is none. Looked for when it is first asked for: a call does not
    /// wait for it.
    /// </summary>
    public IReadOnlyList<SpecViolation> Violations
        => violations ??= BodyIsRead && Spec is { } name && SpecBook.Default is { } book ? book.Validate(name, Body, closed: true) : [];

    /// <summary>Ends when the exchange does.</summary>
    public Task Completion => completion.Task;

    internal bool BodyIsRead { get; set; }

    /// <summary>One of <see cref="SpecNames"/>.</summary>
    public string? Spec { get; internal set; }

    internal void CountSent(int bytes) => Interlocked.Add(ref bytesSent, bytes);

    /// <summary>The connection is ended by the script, so that its end is not the caller's doing.</summary>
    internal void ConnectionIsEndedByScript() => isEndedByScript = true;

    internal void End(DateTimeOffset endedAt, bool connectionIsGone)
    {
        EndedAt = endedAt;
        CallerAborted = connectionIsGone && !isEndedByScript;
        completion.SetResult();
    }
}
