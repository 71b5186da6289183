using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Tests.Aspire;

public sealed class DashboardProcessTests : IDisposable
{
    private readonly DashboardTestLog _log = new();

    public DashboardProcessTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs that stand for the dashboard are shell scripts.");

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Output_GoesToTheLogAtDebug()
    {
        await using (Start("echo hello; echo trouble >&2"))
        {
            await _log.WaitForAsync("hello");
            await _log.WaitForAsync("trouble");
        }

        _log.Levels.ShouldAllBe(level => level == LogLevel.Debug);
    }

    [Fact]
    public async Task Environment_IsWhatWasGivenAndNothingElse()
    {
        Environment.SetEnvironmentVariable("DASHBOARD_PROCESS_TEST_SECRET", "leaked");
        await using var process = Start("echo \"[$GIVEN][$DASHBOARD_PROCESS_TEST_SECRET]\"");

        await _log.WaitForAsync("[yes][]");
    }

    [Fact]
    public async Task Dispose_EndsTheProcess()
    {
        int pid;
        await using (Start("echo pid $$; exec sleep 600"))
        {
            pid = int.Parse((await _log.WaitForAsync("pid "))["pid ".Length..], CultureInfo.InvariantCulture);
            IsRunning(pid).ShouldBeTrue();
        }

        IsRunning(pid).ShouldBeFalse();
    }

    private DashboardProcess Start(string script) => DashboardProcess.Start(
        "/bin/sh",
        ["-c", script],
        new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")!, ["GIVEN"] = "yes" },
        _log.CreateLogger("Dashboard"),
        TimeProvider.System);

    private static bool IsRunning(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
