namespace Gateway.Simulator.Specs;

/// <summary>Where the vendors' descriptions of their APIs are: GATEWAY_SPECS, or ../shared/specs beside the repository.</summary>
public static class SpecFolder
{
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable("GATEWAY_SPECS") is { Length: > 0 } given)
        {
            return Directory.Exists(given) ? Path.GetFullPath(given) : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Gateway.sln")))
            {
                var beside = Path.Combine(folder.FullName, "..", "shared", "specs");
                return Directory.Exists(beside) ? Path.GetFullPath(beside) : null;
            }
        }

        return null;
    }
}
