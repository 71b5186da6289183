using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>A dashboard on this machine.</summary>
/// <param name="IsStandalone">
/// The command line tool of Aspire, which shows telemetry and takes no tokens, and not the dashboard itself.
/// </param>
internal sealed record DashboardExecutable(string Path, bool IsStandalone)
{
    /// <summary>The directory that the build has fetched the dashboard into: build/AspireDashboard.targets names the same.</summary>
    public const string CacheDirectory = "aspire-dashboard-13.5.4";

    private static readonly string Managed = OperatingSystem.IsWindows() ? "aspire-managed.exe" : "aspire-managed";
    private static readonly string Tool = OperatingSystem.IsWindows() ? "aspire.exe" : "aspire";

    /// <summary>
    /// <c>ASPIRE_DASHBOARD_PATH</c> decides alone when it is set, so that a value that names no file means none;
    /// then the cache, the bundle that the Aspire command line tool has unpacked, and that tool itself.
    /// </summary>
    public static DashboardExecutable? Find(IConfiguration configuration)
    {
        if (configuration["ASPIRE_DASHBOARD_PATH"] is { Length: > 0 } configured)
        {
            var path = Directory.Exists(configured) ? System.IO.Path.Combine(configured, Managed) : configured;
            return File.Exists(path) ? new(System.IO.Path.GetFullPath(path), IsTool(path)) : null;
        }

        var home = configuration["HOME"] ?? configuration["USERPROFILE"] ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Existing(System.IO.Path.Combine(Cache(configuration, home), CacheDirectory, Managed), isStandalone: false)
            ?? Existing(System.IO.Path.Combine(home, ".aspire", "bundle", "managed", Managed), isStandalone: false)
            ?? (configuration["PATH"] ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(directory => Existing(System.IO.Path.Combine(directory, Tool), isStandalone: true))
                .FirstOrDefault(found => found is not null);
    }

    private static string Cache(IConfiguration configuration, string home)
        => configuration["ASPIRE_DASHBOARD_CACHE"] is { Length: > 0 } cache ? cache
            : configuration["XDG_CACHE_HOME"] is { Length: > 0 } userCache ? System.IO.Path.Combine(userCache, "llm-gateway")
            : System.IO.Path.Combine(home, ".cache", "llm-gateway");

    private static DashboardExecutable? Existing(string path, bool isStandalone) => File.Exists(path) ? new(path, isStandalone) : null;

    private static bool IsTool(string path) => System.IO.Path.GetFileName(path).Equals(Tool, StringComparison.OrdinalIgnoreCase);
}
