using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using ServiceDefaults.Authorization;

namespace Gateway.Edge.Admin;

/// <summary>What each role may do.</summary>
internal static class AccessRules
{
    public static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    public static void Require(AdminIdentity admin, Access access, string method)
    {
        if (!Allows(admin, access, IsRead(method)))
        {
            var needed = LeastRole(access, IsRead(method)).ToString().ToLowerInvariant();
            throw new GatewayErrorException(new GatewayError(
                GatewayErrorKind.NotAllowed, $"{needed}_role_required", $"This needs the role {needed}; yours is {admin.Role.ToString().ToLowerInvariant()}."));
        }
    }

    /// <summary>The least of the roles that are for the whole gateway; Project where every role will do.</summary>
    public static AdminRole LeastRole(Access access, bool isRead) => access switch
    {
        Access.SignedIn => AdminRole.Project,
        Access.Admin or Access.Project or Access.ProjectRead or Access.Router => isRead ? AdminRole.Viewer : AdminRole.Admin,
        Access.AdminRead or Access.Metrics => AdminRole.Viewer,
        Access.AdminWrite => AdminRole.Admin,
        _ => AdminRole.Owner,
    };

    private static bool Allows(AdminIdentity admin, Access access, bool isRead) => admin.Role switch
    {
        AdminRole.Project => admin.ProjectId is not null && IsForProjects(access, isRead),
        var role => role >= LeastRole(access, isRead),
    };

    private static bool IsForProjects(Access access, bool isRead) => access is Access.SignedIn or Access.Project || (access == Access.ProjectRead && isRead);
}
