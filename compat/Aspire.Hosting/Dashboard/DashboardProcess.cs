using System.Collections.Concurrent;
using System.Diagnostics;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>The running dashboard: ends with this process, writes to this process's log.</summary>
internal sealed partial class DashboardProcess : IAsyncDisposable
{
    private const int RememberedLines = 20;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<string> _lastLines = new();
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ChildProcess _process;

    private DashboardProcess(ProcessStartInfo start, ILogger logger, TimeProvider time)
    {
        _logger = logger;
        _time = time;
        _process = ChildProcess.Start(start, PassOn, time, diesWithParent: true);
    }

    public bool HasEnded => _process.Exited.IsCompleted;

    /// <summary>What it has written last, for the message that it does not run.</summary>
    public string LastOutput => string.Join(Environment.NewLine, _lastLines);

    /// <param name="environment">All that the process is told: this process's own environment stays here.</param>
    public static DashboardProcess Start(
        string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, ILogger logger, TimeProvider time)
    {
        var start = new ProcessStartInfo(path, arguments) { WorkingDirectory = Path.GetDirectoryName(path) };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new DashboardProcess(start, logger, time);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync(EndLimit, _time, CancellationToken.None);
        _process.Dispose();
    }

    private void PassOn(string line, bool isError)
    {
        _lastLines.Enqueue(line);
        while (_lastLines.Count > RememberedLines)
        {
            _lastLines.TryDequeue(out _);
        }

        LogOutput(line);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Line}")]
    private partial void LogOutput(string line);
}
