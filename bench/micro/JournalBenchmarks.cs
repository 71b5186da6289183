using Bench.Books;
using BenchmarkDotNet.Attributes;
using Gateway.Contracts.Usage;
using Gateway.Edge.Accounting.Journal;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bench.Micro;

/// <summary>The record of a call, written before its last byte goes out. The disk is asked for no more than it is then: the sync comes later.</summary>
[MemoryDiagnoser]
[InvocationCount(1)] // What is written is released after each iteration.
public class JournalBenchmarks
{
    private const int Records = 5_000;

    private readonly CallRecord[] _records = [.. new Traffic(Records, uniform: false).Batches(Records).Single()];
    private readonly JournalSegments _segments = new();
    private DirectoryInfo _directory = null!;
    private JournalSegmentWriter _segmentWriter = null!;
    private JournalWriter _writer = null!;

    [GlobalSetup]
    public void Open()
    {
        _directory = Directory.CreateTempSubdirectory("gateway-journal-");
        _segmentWriter = new JournalSegmentWriter(
            _directory.FullName, _segments, new JournalOptions(), new JournalDisk(), TimeProvider.System, NullLogger<JournalSegmentWriter>.Instance);
        _segmentWriter.Recover();
        _writer = new JournalWriter(_segmentWriter, NullLogger<JournalWriter>.Instance);
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public async Task AppendAsync()
    {
        foreach (var record in _records)
        {
            if (!await _writer.AppendAsync(record))
            {
                throw new InvalidOperationException("The disk refused a record.", _writer.Failure);
            }
        }
    }

    [IterationCleanup]
    public void Release()
    {
        _segmentWriter.Sync();
        _segments.Release(new JournalPosition(long.MaxValue, 0));
    }

    [GlobalCleanup]
    public void Close()
    {
        _segmentWriter.Close();
        _directory.Delete(recursive: true);
    }
}
