using System.Diagnostics;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Tests.Aspire;

/// <summary>The mode with the published packages: where a feed lacks them, that must be all that is wrong.</summary>
public sealed partial class PackageModeTests
{
    private static readonly string[] Lacking =
    [
        "Aspire.AppHost.Sdk", "Aspire.Hosting", "BCrypt.Net-Next", "Microsoft.Extensions.Http.Resilience", "Microsoft.Extensions.ServiceDiscovery",
        "Microsoft.EntityFrameworkCore.Sqlite", "SQLitePCLRaw", "OpenTelemetry.Extensions.Hosting", "OpenTelemetry.Instrumentation.",
    ];

    [Theory]
    [InlineData("AppHost/AppHost.csproj")]
    [InlineData("KeyService/KeyService.csproj")]
    [InlineData("Tests/Aspire/TestApps/ProbeHost/ProbeHost.csproj")]
    public async Task Restore_WithPublishedPackages_FailsOnlyWhereTheFeedLacksThem(string project)
    {
        var output = Directory.CreateTempSubdirectory("package-mode");
        try
        {
            using var restore = Process.Start(new ProcessStartInfo(
                "dotnet",
                [
                    "restore", Path.Combine(Manifest.RepositoryRoot, project), "-p:UseAspirePackages=true", "-p:RestorePackagesWithLockFile=false",
                    $"-p:ArtifactsPath={output.FullName}", "--nologo", "-v", "q", "-tl:off",
                ])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            })!;
            var text = await restore.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await restore.WaitForExitAsync(TestContext.Current.CancellationToken);

            var errors = Error().Matches(text).Select(match => match.Value.Trim()).Distinct().ToList();
            (restore.ExitCode == 0 || errors.Count > 0).ShouldBeTrue(text);
            errors.Where(error => !Lacking.Any(package => error.Contains(package, StringComparison.Ordinal))).ShouldBeEmpty();
        }
        finally
        {
            output.Delete(recursive: true);
        }
    }

    /// <summary>Lines with a code; what is indented behind it continues the line above.</summary>
    [GeneratedRegex(@"error [A-Z]+\d+: \S.*$", RegexOptions.Multiline)]
    private static partial Regex Error();
}
