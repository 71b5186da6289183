namespace Tests.TestKit;

/// <summary>Where the tests' own repository is, and what lies beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Hostile input, found by GATEWAY_CORPORA or in ../shared/corpora beside the repository; null where it is not.</summary>
    public static string? Corpora { get; } = FindCorpora();

    /// <summary>Vendors' specs and vectors, found by GATEWAY_SPECS or in ../shared/specs beside the repository; null where they are not.</summary>
    public static string? Specs { get; } = FindSpecs();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Gateway.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Gateway.sln.");
    }

    private static string? FindCorpora()
    {
        var folder = Environment.GetEnvironmentVariable("GATEWAY_CORPORA") is { Length: > 0 } given
            ? given
            : Path.Combine(Root, "..", "shared", "corpora");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }

    private static string? FindSpecs()
    {
        var folder = Environment.GetEnvironmentVariable("GATEWAY_SPECS") is { Length: > 0 } given
            ? given
            : Path.Combine(Root, "..", "shared", "specs");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }
}
