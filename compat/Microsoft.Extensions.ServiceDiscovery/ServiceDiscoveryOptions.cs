namespace Microsoft.Extensions.ServiceDiscovery;

public sealed class ServiceDiscoveryOptions
{
    /// <summary>Whether every scheme that a request asks for is allowed, whatever <see cref="AllowedSchemes"/> says.</summary>
    public bool AllowAllSchemes { get; set; } = true;

    public IList<string> AllowedSchemes { get; set; } = [];

    /// <summary>How often a provider that cannot announce changes is asked again. Configuration announces its own.</summary>
    public TimeSpan RefreshPeriod { get; set; } = TimeSpan.FromSeconds(60);

    internal bool Allows(string scheme) => AllowAllSchemes || AllowedSchemes.Contains(scheme, StringComparer.OrdinalIgnoreCase);
}
