using System.Net.Sockets;

namespace RoutingService.Upstream;

/// <summary>How far one exchange has come on its connection: what an exception of the handler does not tell.</summary>
internal sealed class UpstreamTrace
{
    private static readonly AsyncLocal<UpstreamTrace?> Current = new();

    /// <summary>That of the request whose bytes are on their way here.</summary>
    public static UpstreamTrace? Running
    {
        get => Current.Value;
        set => Current.Value = value;
    }

    /// <summary>Opened for this request; another may serve it all the same.</summary>
    public Socket? Opened { get; set; }

    /// <summary>Set with the first byte of the request.</summary>
    public UpstreamConnection? Connection { get; set; }

    /// <summary>The connection had served others.</summary>
    public bool IsReused { get; set; }

    /// <summary>The whole request has been written.</summary>
    public bool IsWritten { get; set; }

    /// <summary>Something of an answer has come.</summary>
    public bool HasAnswer { get; set; }

    public bool IsSent => IsWritten && Connection is { IsCut: false };

    public bool IsStale => IsReused && !HasAnswer;
}
