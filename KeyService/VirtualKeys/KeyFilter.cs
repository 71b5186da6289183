using KeyService.Limits;
using ServiceDefaults.Http;

namespace KeyService.VirtualKeys;

/// <summary>Which keys a list shows.</summary>
/// <param name="Own">Only those of the one project that may be seen.</param>
/// <param name="ProjectId">Only those of a project.</param>
/// <param name="Enabled">Only those that are switched on, or off.</param>
/// <param name="NamePrefix">Only those whose name begins so, in whatever case.</param>
/// <param name="WithRevoked">Those that were deleted, too.</param>
internal sealed record KeyFilter(Guid? Own = null, Guid? ProjectId = null, bool? Enabled = null, string? NamePrefix = null, bool WithRevoked = false)
{
    public static KeyFilter Read(PageQuery query)
    {
        var filter = new KeyFilter(query.OwnProject, query.Id("project_id"), query.Flag("enabled"), query.Text("name_prefix"), query.Flag("include_revoked") ?? false);
        query.Only();
        return filter;
    }

    public IQueryable<VirtualKey> Apply(IQueryable<VirtualKey> keys)
    {
        if (!WithRevoked)
        {
            keys = keys.Where(key => key.RevokedAt == null);
        }

        if (Own is { } own)
        {
            keys = keys.Where(key => key.ProjectId == own);
        }

        if (ProjectId is { } projectId)
        {
            keys = keys.Where(key => key.ProjectId == projectId);
        }

        if (Enabled is { } enabled)
        {
            keys = keys.Where(key => key.Enabled == enabled);
        }

        return keys.WithNamePrefix(NamePrefix);
    }
}
