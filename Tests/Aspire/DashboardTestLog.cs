using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Tests.Aspire;

/// <summary>Keeps what is logged, and lets a test wait for a line.</summary>
internal sealed class DashboardTestLog : ILoggerProvider, ILoggerFactory
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();
    private readonly SemaphoreSlim _written = new(0);

    public IReadOnlyList<LogLevel> Levels => [.. _lines.Select(line => line.Level)];

    public IReadOnlyList<string> Texts => [.. _lines.Select(line => line.Text)];

    public async Task<string> WaitForAsync(string start)
    {
        while (true)
        {
            if (Texts.FirstOrDefault(text => text.StartsWith(start, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }

            await _written.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
        // A host disposes of its providers; the lines stay readable.
    }

    private sealed class Logger(DashboardTestLog owner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            owner._lines.Enqueue((logLevel, formatter(state, exception)));
            owner._written.Release();
        }
    }
}
