namespace ServiceDefaults.Authorization;

/// <summary>Who may use an endpoint of the Edge. One that does not say so is open to nobody.</summary>
public enum Access
{
    /// <summary>Anyone, without a credential.</summary>
    Public,

    /// <summary>Callers: the endpoint itself has the ledger look at the virtual key.</summary>
    VirtualKey,

    /// <summary>Every administrator, of whatever role.</summary>
    SignedIn,

    /// <summary>Viewers read, admins write.</summary>
    Admin,

    /// <summary>Viewers too, whatever the method: it changes nothing.</summary>
    AdminRead,

    /// <summary>Admins alone, also where it only reads.</summary>
    AdminWrite,

    /// <summary>Owners alone.</summary>
    Owner,

    /// <summary>As <see cref="Admin"/>, and besides the administrators of a project, for what is the project's: the service tells what that is.</summary>
    Project,

    /// <summary>As <see cref="Admin"/>, and the administrators of a project read what is the project's.</summary>
    ProjectRead,

    /// <summary>As <see cref="Admin"/>, and whoever has a virtual key may read.</summary>
    Router,

    /// <summary>As <see cref="AdminRead"/>, and whoever the settings of the metrics let through.</summary>
    Metrics,
}
