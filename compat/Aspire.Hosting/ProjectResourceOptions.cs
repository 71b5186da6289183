namespace Aspire.Hosting;

public class ProjectResourceOptions
{
    /// <summary>Null chooses a profile of the same name as the AppHost's, else the first one.</summary>
    public string? LaunchProfileName { get; set; }

    public bool ExcludeLaunchProfile { get; set; }
}
