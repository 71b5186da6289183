namespace Gateway.Contracts.Keys;

/// <summary>What an administrator may do. The least comes first, and is what a role that nobody named is.</summary>
public enum AdminRole
{
    /// <summary>Keys, usage and logs of one project.</summary>
    Project,

    /// <summary>Reads.</summary>
    Viewer,

    /// <summary>All but the administrators themselves.</summary>
    Admin,

    Owner,
}
