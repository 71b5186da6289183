using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The output of one resource: the last lines, and those who follow it.</summary>
internal sealed partial class ResourceLog(ILogger applicationLog, TimeProvider time) : ILogger
{
    private const int Capacity = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<LogLine> _lines = new();
    private readonly List<Channel<LogLine>> _subscribers = [];
    private int _count;
    private bool _completed;

    public void Write(string text, bool isError)
    {
        lock (_gate)
        {
            // The dashboard reads the time from the start of the line.
            var line = new LogLine(++_count, $"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffffffZ} {text}", isError);
            if (_lines.Count == Capacity)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
            _subscribers.ForEach(subscriber => subscriber.Writer.TryWrite(line));
        }

        applicationLog.Log(isError ? LogLevel.Error : LogLevel.Information, default, Colors().Replace(text, ""), null, static (state, _) => state);
    }

    public IReadOnlyList<LogLine> Last(int count)
    {
        lock (_gate)
        {
            return [.. _lines.TakeLast(count)];
        }
    }

    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            _subscribers.ForEach(subscriber => subscriber.Writer.TryComplete());
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync()
    {
        await Task.CompletedTask;
        if (Last(Capacity) is { Count: > 0 } lines)
        {
            yield return lines;
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<LogLine>(new() { SingleReader = true });
        IReadOnlyList<LogLine> backlog;
        lock (_gate)
        {
            backlog = [.. _lines];
            _subscribers.Add(channel);
            if (_completed)
            {
                channel.Writer.TryComplete();
            }
        }

        try
        {
            if (backlog.Count > 0)
            {
                yield return backlog;
            }

            while (await channel.Reader.WaitToReadAsync(cancellationToken))
            {
                var lines = new List<LogLine>();
                while (channel.Reader.TryRead(out var line))
                {
                    lines.Add(line);
                }

                yield return lines;
            }
        }
        finally
        {
            lock (_gate)
            {
                _subscribers.Remove(channel);
            }
        }
    }

    /// <summary>The dashboard shows a service's colors; in the application's own log they would be noise.</summary>
    [GeneratedRegex(@"\x1b\[[0-9;]*m", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Colors();

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        Write(exception is null ? text : $"{text}{Environment.NewLine}{exception}", logLevel >= LogLevel.Error);
    }
}
