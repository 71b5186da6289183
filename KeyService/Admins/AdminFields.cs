using Gateway.Contracts.Keys;
using ServiceDefaults.Http;

namespace KeyService.Admins;

/// <summary>The fields of an administrator, as the admin API writes them.</summary>
internal static class AdminFields
{
    private static readonly string[] OfOwnSource = ["name", "role", "project_id"];

    private static readonly Dictionary<string, AdminRole> Roles = new(StringComparer.Ordinal)
    {
        ["owner"] = AdminRole.Owner,
        ["admin"] = AdminRole.Admin,
        ["viewer"] = AdminRole.Viewer,
        ["project"] = AdminRole.Project,
    };

    public static IReadOnlyDictionary<string, AdminRole> RolesByName => Roles;

    public static void Read(FieldReader fields, Admin admin)
    {
        fields.Flag("enabled", isOn => admin.Enabled = isOn);
        switch (admin.Source)
        {
            case AdminSource.Bootstrap:
                Refuse(fields, [.. OfOwnSource, "expires_at"], "The administrator of the configured key is what it is: it can be disabled or deleted.");
                return;
            case AdminSource.Oidc:
                Refuse(fields, OfOwnSource, "The identity provider says this at each sign-in.");
                break;
            default:
                ReadOwn(fields, admin);
                break;
        }

        fields.Time("expires_at", time => admin.ExpiresAt = time);
    }

    private static void ReadOwn(FieldReader fields, Admin admin)
    {
        fields.Name("name", Admin.MaxNameLength, name =>
        {
            admin.Name = name;
            if (name == AdminTokens.Bootstrap)
            {
                fields.Fault("name", "The name of the administrator of the configured key.");
            }
        });
        fields.Choice("role", Roles, role =>
        {
            if (role is { } chosen)
            {
                admin.Role = chosen;
                admin.ProjectId = chosen == AdminRole.Project ? admin.ProjectId : null;
            }
            else
            {
                fields.Fault("role", $"One of {string.Join(", ", Roles.Keys)}.");
            }
        });
        fields.Id("project_id", id => admin.ProjectId = id);
        if (admin.Role == AdminRole.Project != admin.ProjectId is not null)
        {
            fields.Fault("project_id", admin.ProjectId is null ? "The project of the role 'project'." : "Only the role 'project' has one.");
        }
    }

    private static void Refuse(FieldReader fields, ReadOnlySpan<string> names, string reason)
    {
        foreach (var name in names)
        {
            fields.Raw(name, _ => fields.Fault(name, reason));
        }
    }
}
