using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace Tests.Aspire;

public sealed class DashboardExecutableTests : IDisposable
{
    private static readonly string _extension = OperatingSystem.IsWindows() ? ".exe" : "";
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("dashboard-");

    private string Home => Path.Combine(_root.FullName, "home");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Find_WhenThereIsNone_IsNull() => Find().ShouldBeNull();

    [Fact]
    public void Find_PrefersTheConfiguredPathThenTheCacheThenTheBundleThenTheTool()
    {
        var tool = Create("bin", $"aspire{_extension}");
        Find().ShouldBe(new DashboardExecutable(tool, IsStandalone: true));

        var bundle = Create("home", ".aspire", "bundle", "managed", $"aspire-managed{_extension}");
        Find().ShouldBe(new DashboardExecutable(bundle, IsStandalone: false));

        var cache = Create("home", ".cache", "llm-gateway", DashboardExecutable.CacheDirectory, $"aspire-managed{_extension}");
        Find().ShouldBe(new DashboardExecutable(cache, IsStandalone: false));

        var userCache = Create("xdg", "llm-gateway", DashboardExecutable.CacheDirectory, $"aspire-managed{_extension}");
        Find(("XDG_CACHE_HOME", Path.Combine(_root.FullName, "xdg"))).ShouldBe(new DashboardExecutable(userCache, IsStandalone: false));

        var configuredCache = Create("cache", DashboardExecutable.CacheDirectory, $"aspire-managed{_extension}");
        Find(("ASPIRE_DASHBOARD_CACHE", Path.Combine(_root.FullName, "cache"))).ShouldBe(new DashboardExecutable(configuredCache, IsStandalone: false));

        var configured = Create("mine", $"aspire-managed{_extension}");
        Find(("ASPIRE_DASHBOARD_PATH", configured)).ShouldBe(new DashboardExecutable(configured, IsStandalone: false));
        Find(("ASPIRE_DASHBOARD_PATH", Path.Combine(_root.FullName, "mine"))).ShouldBe(new DashboardExecutable(configured, IsStandalone: false));
    }

    [Fact]
    public void Find_WhenTheConfiguredPathIsTheTool_IsStandalone()
        => Find(("ASPIRE_DASHBOARD_PATH", Create("other", $"aspire{_extension}")))!.IsStandalone.ShouldBeTrue();

    [Fact]
    public void Find_WhenTheConfiguredPathNamesNoFile_IsNullThoughThereIsAnother()
    {
        Create("bin", $"aspire{_extension}");

        Find(("ASPIRE_DASHBOARD_PATH", "none")).ShouldBeNull();
    }

    [Fact]
    public void CacheDirectory_IsTheOneThatTheBuildFills()
    {
        var targets = File.ReadAllText(Path.Combine(RepositoryRoot(), "build", "AspireDashboard.targets"));

        targets.ShouldContain($"<AspireDashboardVersion>{DashboardExecutable.CacheDirectory["aspire-dashboard-".Length..]}<");
        targets.ShouldContain("$(_DashboardCache)/aspire-dashboard-$(AspireDashboardVersion)");
    }

    private DashboardExecutable? Find(params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?> { ["HOME"] = Home, ["PATH"] = Path.Combine(_root.FullName, "bin") };
        foreach (var (key, value) in settings)
        {
            values[key] = value;
        }

        return DashboardExecutable.Find(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
    }

    private string Create(params string[] segments)
    {
        var path = Path.Combine([_root.FullName, .. segments]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
        return path;
    }

    private static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Gateway.sln")))
        {
            directory = directory.Parent;
        }

        return directory.FullName;
    }
}
