using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Bench.Speed.Running;

/// <summary>Where and of what a run was taken: a number without that says nothing.</summary>
internal sealed record Machine(string Date, string Commit, bool HasChanges, string Processor, int Processors, double MemoryGb, string System, string Runtime, string LoadAverageBefore)
{
    public static string LoadAverage => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));

    public static Machine Read(string repository) => new(
        TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'"),
        Git(repository, "rev-parse", "--short", "HEAD"),
        Git(repository, "status", "--porcelain").Length > 0,
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown",
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        LoadAverage);

    private static string Git(string repository, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", repository, .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return output;
    }
}
