using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>The dashboard as a child process that ends when this process does, however this process ends.</summary>
internal sealed partial class DashboardProcess : IAsyncDisposable
{
    /// <summary>
    /// A small supervisor around the command. Its standard input is a pipe from this process, which the operating
    /// system closes even after kill -9: then the command is asked to end, and killed when it does not. Ctrl+C reaches the whole terminal, and is for this
    /// process to answer.
    /// </summary>
    private const string Supervisor = """
        trap '' INT
        exec 3<&0 </dev/null
        "$@" 3<&- & command=$!
        { read -r _ <&3; kill -TERM $command; sleep 5; kill -KILL $command; } >/dev/null 2>&1 & watcher=$!
        exec 3<&-
        wait $command; code=$?
        kill $watcher 2>/dev/null
        exit $code
        """;

    private const int RememberedLines = 20;
    private static readonly TimeSpan _endLimit = TimeSpan.FromSeconds(7);

    private readonly Process _process;
    private readonly ILogger _logger;
    private readonly ConcurrentQueue<string> _lastLines = new();

    private Task _output = Task.CompletedTask;

    private DashboardProcess(Process process, ILogger logger)
    {
        _process = process;
        _logger = logger;
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>What it has written last, for the message that it does not run.</summary>
    public string LastOutput => string.Join(Environment.NewLine, _lastLines);

    public static DashboardProcess Start(string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, ILogger logger)
    {
        var start = new ProcessStartInfo
        {
            WorkingDirectory = Path.GetDirectoryName(path),
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (OperatingSystem.IsWindows())
        {
            start.FileName = path;
        }
        else
        {
            start.FileName = "/bin/sh";
            string[] supervised = ["-c", Supervisor, "sh", path];
            Array.ForEach(supervised, start.ArgumentList.Add);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var dashboard = new DashboardProcess(Process.Start(start)!, logger);
        dashboard._output = Task.WhenAll(
            dashboard.PassOnAsync(dashboard._process.StandardOutput), dashboard.PassOnAsync(dashboard._process.StandardError));
        return dashboard;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        if (OperatingSystem.IsWindows())
        {
            _process.Kill(entireProcessTree: true);
        }

        using (var limit = new CancellationTokenSource(_endLimit))
        {
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _output;
        _process.Dispose();
    }

    private async Task PassOnAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            _lastLines.Enqueue(line);
            while (_lastLines.Count > RememberedLines)
            {
                _lastLines.TryDequeue(out _);
            }

            LogOutput(line);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Line}")]
    private partial void LogOutput(string line);
}
