using ServiceDefaults.Http;

namespace UsageService.Audit;

/// <summary>How a list of entries is narrowed down.</summary>
internal sealed record AuditFilterQuery
{
    public string? Chain { get; init; }

    public string? Actor { get; init; }

    public string? Action { get; init; }

    public string? ResourceType { get; init; }

    public string? ResourceId { get; init; }

    public string? RequestId { get; init; }

    public string? Source { get; init; }

    public bool? Failed { get; init; }

    public DateTime? From { get; init; }

    public DateTime? To { get; init; }

    public static AuditFilterQuery Read(PageQuery query)
    {
        var filter = new AuditFilterQuery
        {
            Chain = query.Text("chain"),
            Actor = query.Text("actor"),
            Action = query.Text("action"),
            ResourceType = query.Text("resource_type"),
            ResourceId = query.Text("resource_id"),
            RequestId = query.Text("request_id"),
            Source = query.Text("source"),
            Failed = query.Flag("failed"),
            From = query.Time("from"),
            To = query.Time("to"),
        };
        query.Only();
        return filter;
    }

    public IQueryable<AuditCopyRow> Apply(IQueryable<AuditCopyRow> rows) => rows.Where(row =>
        (Chain == null || row.Chain == Chain)
        && (Actor == null || row.Actor == Actor)
        && (Action == null || row.Action == Action)
        && (ResourceType == null || row.ResourceType == ResourceType)
        && (ResourceId == null || row.ResourceId == ResourceId)
        && (RequestId == null || row.RequestId == RequestId)
        && (Source == null || row.Source == Source)
        && (Failed == null || row.StatusCode >= 400 == Failed)
        && (From == null || row.CreatedAt >= From)
        && (To == null || row.CreatedAt < To));
}
