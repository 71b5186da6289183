using System.Text.Json.Nodes;

namespace UsageService.Audit;

/// <param name="Chain">Which database it is beside; its <paramref name="Seq"/> is what verifying names.</param>
/// <param name="StatusCode">Null where it is not known how it ended.</param>
internal sealed record AuditView(
    Guid Id,
    DateTime CreatedAt,
    string Actor,
    string? ActorKey,
    string? Source,
    string? Client,
    string Action,
    string ResourceType,
    string? ResourceId,
    string? RequestId,
    int? StatusCode,
    JsonNode? Changes,
    string Chain,
    long Seq)
{
    public static AuditView From(AuditCopyRow row) => new(
        row.Id,
        row.CreatedAt,
        row.Actor,
        row.ActorKey,
        row.Source,
        row.Client,
        row.Action,
        row.ResourceType,
        row.ResourceId,
        row.RequestId,
        row.StatusCode,
        Parse(row.Changes),
        row.Chain,
        row.Seq);

    /// <summary>Null too where somebody has made it something else: verifying says so, and the list goes on.</summary>
    private static JsonNode? Parse(string? changes)
    {
        try
        {
            return changes is null ? null : JsonNode.Parse(changes);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
