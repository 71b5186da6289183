namespace Aspire.Hosting;

public sealed class DistributedApplicationOptions
{
    public string[]? Args { get; set; }

    /// <summary>The AppHost's assembly; the program's own when null.</summary>
    public string? AssemblyName { get; set; }

    public string? ProjectDirectory { get; set; }

    public bool DisableDashboard { get; set; }

    /// <summary>Lets the dashboard and its endpoints use plain http.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    /// <summary>The name that the dashboard shows; the AppHost's own when null.</summary>
    public string? DashboardApplicationName { get; set; }
}
