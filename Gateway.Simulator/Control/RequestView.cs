using Gateway.Simulator.Ledger;

namespace Gateway.Simulator.Control;

/// <summary>A received request as <c>GET /_simulator/requests</c> shows it.</summary>
internal sealed record RequestView(
    long Number,
    string Method,
    string Path,
    string QueryString,
    IReadOnlyDictionary<string, string> Headers,
    string Body,
    string ConnectionId,
    string? Credential,
    string? Protocol,
    string? Model,
    bool IsStream,
    bool IsUnexpected,
    int? Status,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    bool CallerAborted,
    long BytesSent)
{
    public static RequestView From(ReceivedRequest request) => new(
        request.Number, request.Method, request.Path, request.QueryString,
        request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        request.BodyText, request.ConnectionId, request.Credential, request.Protocol, request.Model, request.IsStream,
        request.IsUnexpected, request.Status, request.StartedAt, request.EndedAt, request.CallerAborted, request.BytesSent);
}
