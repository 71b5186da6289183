using System.Diagnostics;
using System.Text;
using Xunit;

namespace Tests.Aspire;

/// <summary>A test AppHost run as a program, and everything that it starts: all of them inherit one marker variable.</summary>
internal sealed class HostProcess : IDisposable
{
    private const string MarkerName = "PROBE_HOST_MARKER";

    private readonly Process _process;
    private readonly byte[] _marker;

    private HostProcess(Process process, string marker)
    {
        _process = process;
        _marker = Encoding.UTF8.GetBytes($"{MarkerName}={marker}");
    }

    public static async Task<HostProcess> StartAsync()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "Processes are found through /proc.");
        var marker = Guid.NewGuid().ToString();
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "ProbeHost.dll")])
        {
            Environment =
            {
                [MarkerName] = marker,
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
                ["DcpPublisher__RandomizePorts"] = "true",
            },
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        var host = new HostProcess(Process.Start(start)!, marker);
        host._process.BeginOutputReadLine();

        // The frontend starts when the backend is healthy, so two probes mean that all is up.
        await host.WaitUntilAsync(commands => commands.Count(command => command.Contains("Probe.dll", StringComparison.Ordinal)) == 2
            && commands.Any(command => command.Contains("sleep", StringComparison.Ordinal)));
        return host;
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{_process.Id}"]);
        await kill.WaitForExitAsync(Deadline.Token());
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(Deadline.Token());
        return _process.ExitCode;
    }

    public Task WaitUntilNothingIsLeftAsync() => WaitUntilAsync(commands => commands.Count == 0);

    public void Dispose()
    {
        foreach (var id in Directory.EnumerateDirectories("/proc").Where(IsMarked).Select(Path.GetFileName))
        {
            using var left = Process.GetProcessById(int.Parse(id!, System.Globalization.CultureInfo.InvariantCulture));
            left.Kill();
        }

        _process.Dispose();
    }

    private async Task WaitUntilAsync(Func<List<string>, bool> condition)
    {
        var deadline = Deadline.Token();
        while (!condition([.. Directory.EnumerateDirectories("/proc").Where(IsMarked).Select(Command)]))
        {
            await Task.Delay(100, deadline);
        }
    }

    private bool IsMarked(string directory) => Read(Path.Combine(directory, "environ")).AsSpan().IndexOf(_marker) >= 0;

    private static string Command(string directory) => Encoding.UTF8.GetString(Read(Path.Combine(directory, "cmdline"))).Replace('\0', ' ');

    /// <summary>Empty when the process ends meanwhile, or belongs to another user.</summary>
    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
