using Gateway.Contracts.Usage;
using Gateway.Edge.Accounting.Journal;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.TestKit;
using Xunit;

namespace Tests.Journal;

/// <summary>A directory for a test's journals, records to write, and ways to read them back.</summary>
public abstract class JournalTest : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-journal-");

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected string Root => _directory.FullName;

    internal ScriptedDisk Disk { get; } = new();

    internal CollectedLog Log { get; } = new();

    internal static CallRecord NewRecord(int number = 0, string model = "m") => new()
    {
        Id = Guid.NewGuid(),
        RequestId = $"req_{number}",
        CreatedAt = DateTime.UnixEpoch,
        KeyId = Guid.NewGuid(),
        RequestedModel = model,
        Cost = new(number),
        UsageSource = UsageSource.Provider,
    };

    internal (JournalWriter Writer, JournalSegmentWriter Segments) NewWriter(JournalSegments segments, JournalOptions? options = null)
    {
        var segmentWriter = new JournalSegmentWriter(
            Root, segments, options ?? new JournalOptions(), Disk, TimeProvider.System, NullLogger<JournalSegmentWriter>.Instance);
        segmentWriter.Recover();
        return (new JournalWriter(segmentWriter, NullLogger<JournalWriter>.Instance), segmentWriter);
    }

    internal List<JournaledCall> ReadAll(string directory) => ReadAll(new JournalSegments(JournalSegment.Find(directory)));

    internal List<JournaledCall> ReadAll(JournalSegments segments)
    {
        using var reader = new JournalReader(segments, new JournalDamage(Log.For<JournalDamage>()));
        var all = new List<JournaledCall>();
        var batch = new List<JournaledCall>();
        var position = default(JournalPosition);
        do
        {
            position = reader.Read(position, 500, batch);
            all.AddRange(batch);
        }
        while (batch.Count > 0);
        return all;
    }

    protected static async Task UntilAsync(Func<bool> condition)
    {
        for (var limit = TimeLimit.Token(); !condition();)
        {
            await Task.Delay(10, limit);
        }
    }

    public void Dispose()
    {
        Disk.Release();
        Disk.Dispose();
        _directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
