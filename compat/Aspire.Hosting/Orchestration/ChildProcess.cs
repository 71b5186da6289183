using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// A process that belongs to this one. It has a session of its own, so that Ctrl+C reaches only the AppHost, which then stops
/// its children in order.
/// </summary>
internal sealed partial class ChildProcess : IDisposable
{
    private const int Terminate = 15;
    private const int KillSignal = 9;

    /// <summary>A descendant in another session can hold the pipes open after the child has ended.</summary>
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    private static readonly string? NewSession = OperatingSystem.IsWindows() ? null : FindOnPath("setsid");

    private readonly Process _process;
    private readonly Process? _guard;

    private ChildProcess(Process process, Process? guard, Action<string, bool> onLine, TimeProvider time)
    {
        _process = process;
        _guard = guard;
        Exited = WatchAsync(onLine, time);
    }

    public int Id => _process.Id;

    /// <summary>The exit code, once all output has been read.</summary>
    public Task<int> Exited { get; }

    /// <param name="startInfo">What to start; its streams are taken over.</param>
    /// <param name="onLine">Receives each line of output, and whether it is an error's.</param>
    /// <param name="time">Measures the wait for output after the end.</param>
    /// <param name="diesWithParent">
    /// For programs without a watchdog of their own: the process and its descendants are killed when this process is gone.
    /// </param>
    public static ChildProcess Start(ProcessStartInfo startInfo, Action<string, bool> onLine, TimeProvider time, bool diesWithParent)
    {
        var file = Resolve(startInfo);
        if (NewSession is not null)
        {
            startInfo.ArgumentList.Insert(0, file);
            file = NewSession;
        }

        startInfo.FileName = file;
        startInfo.UseShellExecute = false;
        startInfo.RedirectStandardInput = true;
        startInfo.RedirectStandardOutput = true;
        startInfo.RedirectStandardError = true;
        var process = Process.Start(startInfo)!;
        process.StandardInput.Close();
        return new ChildProcess(process, diesWithParent ? StartGuard(process.Id) : null, onLine, time);
    }

    /// <summary>Asks the process to end, and kills it with all its descendants when it has not done so in time.</summary>
    public async Task StopAsync(TimeSpan grace, TimeProvider time, CancellationToken killNow)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Signal(_process.Id, Terminate);
            try
            {
                await Exited.WaitAsync(grace, time, killNow);
            }
            catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
            {
                // It had its chance.
            }
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await Exited;
    }

    public void Dispose()
    {
        _process.Dispose();
        _guard?.Dispose();
    }

    internal static string? FindOnPath(string command) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(directory => Candidates(Path.Combine(directory, command)))
        .FirstOrDefault(File.Exists);

    private static string[] Candidates(string path) => OperatingSystem.IsWindows() ? [path + ".exe", path + ".cmd", path] : [path];

    /// <summary>The wrapper always starts, so a missing program has to be found out before.</summary>
    private static string Resolve(ProcessStartInfo startInfo)
    {
        var file = startInfo.FileName.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? Candidates(Path.GetFullPath(startInfo.FileName, startInfo.WorkingDirectory is { Length: > 0 } directory ? directory : Environment.CurrentDirectory))
                .FirstOrDefault(File.Exists)
            : FindOnPath(startInfo.FileName);
        return file ?? throw new DistributedApplicationException($"'{startInfo.FileName}' was not found.");
    }

    /// <summary>
    /// A shell that reads from a pipe whose other end only this process holds: when this process is gone, however it
    /// went, reading ends and the shell kills the child's process group. A line means that the child has ended by itself.
    /// </summary>
    private static Process? StartGuard(int childId)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        const string Script = """
            trap '' INT HUP TERM; exec >/dev/null 2>&1; read -r ended || kill -s KILL -- "-$1" || kill -s KILL "$1"
            """;
        string[] command = [.. NewSession is null ? Array.Empty<string>() : [NewSession], "/bin/sh", "-c", Script, "guard", $"{childId}"];
        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardInput = true });
    }

    private async Task<int> WatchAsync(Action<string, bool> onLine, TimeProvider time)
    {
        var output = Task.WhenAll(ReadAsync(_process.StandardOutput, isError: false), ReadAsync(_process.StandardError, isError: true));
        await _process.WaitForExitAsync();
        if (NewSession is not null)
        {
            // What the child leaves behind in its session ends with it.
            _ = Signal(-_process.Id, KillSignal);
        }

        await Task.WhenAny(output, Task.Delay(OutputGrace, time));
        if (_guard is { HasExited: false })
        {
            await _guard.StandardInput.WriteLineAsync("ended");
            _guard.StandardInput.Close();
        }

        return _process.ExitCode;

        async Task ReadAsync(StreamReader reader, bool isError)
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                onLine(line, isError);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int processId, int signal);
}
