using System.Diagnostics;
using Gateway.Contracts.Usage;
using Gateway.Edge.Accounting.Journal;
using Microsoft.Extensions.Logging.Abstractions;

// Writes records to a journal and says which are acknowledged, until it is killed; or measures what one append costs.
var sync = Enum.Parse<JournalSync>(args[1]);
var options = new JournalOptions { Sync = sync, SegmentBytes = args.Length > 2 ? 16 * 1024 * 1024 : 64 * 1024 };
var directory = JournalDirectory.Create(args[0], TimeProvider.System);
var segmentWriter = new JournalSegmentWriter(
    directory.Path, new JournalSegments(), options, new JournalDisk(), TimeProvider.System, NullLogger<JournalSegmentWriter>.Instance);
var writer = new JournalWriter(segmentWriter, NullLogger<JournalWriter>.Instance);
segmentWriter.Recover();
_ = Task.Run(SyncAsync);

if (args.Length > 2)
{
    var count = int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture);
    for (var round = 0; round < 5; round++)
    {
        var started = TimeProvider.System.GetTimestamp();
        var processorTime = Process.GetCurrentProcess().TotalProcessorTime;
        for (var i = 0; i < count; i++)
        {
            await writer.AppendAsync(NewRecord());
        }

        var elapsed = TimeProvider.System.GetElapsedTime(started);
        var used = Process.GetCurrentProcess().TotalProcessorTime - processorTime;
        await Console.Out.WriteLineAsync($"{elapsed.TotalMicroseconds / count:0.00} us an append, {used.TotalMicroseconds / count:0.00} us of processor time");
    }

    return;
}

var output = TextWriter.Synchronized(Console.Out);
await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(AppendAsync)));

async Task AppendAsync()
{
    while (true)
    {
        var record = NewRecord();
        if (await writer.AppendAsync(record))
        {
            output.WriteLine(record.Id);
            output.Flush();
        }
    }
}

async Task SyncAsync()
{
    while (true)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        segmentWriter.Sync();
    }
}

static CallRecord NewRecord()
{
    var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
    return new()
    {
        Id = id,
        RequestId = $"req_{id:N}",
        CreatedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
        KeyId = id,
        KeyName = "probe",
        RequestedModel = "gpt-5.2-mini",
        StatusCode = 200,
        Provider = "openai",
        UpstreamModel = "gpt-5.2-mini-2026-01-01",
        Usage = new TokenUsage { Input = 1234, Output = 567 },
        UsageSource = UsageSource.Provider,
        Cost = new(123456),
        LatencyMs = 1234.5678,
        FirstTokenMs = 234.5678,
        OverheadMs = 0.4567,
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        Attempts =
        [
            new()
            {
                Id = id,
                Provider = "openai",
                UpstreamModel = "gpt-5.2-mini-2026-01-01",
                UpstreamStatus = 200,
                Usage = new TokenUsage { Input = 1234, Output = 567 },
                UsageSource = UsageSource.Provider,
                Cost = new(123456),
                DurationMs = 1233.4,
            },
        ],
    };
}
