using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Options;
using UsageService.RequestLog;

namespace UsageService.History;

/// <summary>
/// Appends every call to a file, in the order and the batches in which they were stored. What is in the file says how far it has come: after a
/// crash it goes on behind the last whole line, and a line that was cut off is left as it is, and its call written again.
/// </summary>
internal sealed partial class HistoryFile(
    IOptions<UsageOptions> options, CallReader reader, LogWatch watch, TimeProvider timeProvider, ILogger<HistoryFile> logger) : BackgroundService
{
    private const int LinesAtOnce = 500;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Lines of the file that are no JSON.</summary>
    public int Broken { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.HistoryFile is not { Length: > 0 } path)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await AppendAsync(Path.GetFullPath(path), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The end of the process.
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Data.Common.DbException)
            {
                LogFailed(exception, path, Pause);
                await Task.Delay(Pause, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task AppendAsync(string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var (last, isWhole) = await ReadAsync(file, cancellationToken);
        file.Seek(0, SeekOrigin.End);
        if (!isWhole)
        {
            file.WriteByte((byte)'\n');
        }

        while (true)
        {
            var next = watch.Next;
            var (calls, until, isEnd) = await reader.ReadStoredAsync(filter: null, last, LinesAtOnce, cancellationToken);
            if (calls.Count > 0)
            {
                await file.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(calls.Select(HistoryLine.Write))), cancellationToken);
                await file.FlushAsync(cancellationToken);
            }

            // Of a database that was made anew the file knows numbers that do not exist yet: then this goes back.
            last = until;
            if (isEnd)
            {
                await Task.WhenAny(next, Task.Delay(Look, timeProvider, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>The highest number in the file, and whether its last line is whole.</summary>
    private async Task<(long Last, bool IsWhole)> ReadAsync(FileStream file, CancellationToken cancellationToken)
    {
        var (last, lines, broken) = (0L, 0, 0);
        var input = PipeReader.Create(file, new StreamPipeReaderOptions(leaveOpen: true));
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                var line = rest.Slice(0, end).ToArray();
                rest = rest.Slice(rest.GetPosition(1, end));
                if (line.AsSpan().Trim(" \r\t"u8).Length == 0)
                {
                    continue;
                }

                lines++;
                if (HistoryLine.ReadSequence(line) is { } sequence)
                {
                    last = Math.Max(last, sequence);
                }
                else
                {
                    broken++;
                }
            }

            // Not to be asked when the pipe has it back.
            var isWhole = rest.IsEmpty;
            input.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
            {
                await input.CompleteAsync();
                Broken = broken + (isWhole ? 0 : 1);
                LogRead(file.Name, lines, Broken);
                return (last, isWhole);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "{File} has {Lines} lines; {Broken} that cannot be read are skipped.")]
    private partial void LogRead(string file, int lines, int broken);

    [LoggerMessage(LogLevel.Error, "The history {File} cannot be written; the next try is in {Pause}. The calls are in the log.")]
    private partial void LogFailed(Exception exception, string file, TimeSpan pause);
}
