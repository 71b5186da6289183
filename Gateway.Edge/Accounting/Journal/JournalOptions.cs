using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ServiceDefaults.Operations;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>Section <c>Edge:Journal</c>: where the records of calls wait until the ledger and the usage log have them.</summary>
internal sealed class JournalOptions
{
    public const string Section = "Edge:Journal";

    /// <summary>A local disk that outlives the process; <c>journal</c> in the data directory when it is not set.</summary>
    [PlainText]
    public string? Directory { get; set; }

    public JournalSync Sync { get; set; } = JournalSync.Interval;

    [Range(10, 10_000)]
    public int SyncIntervalMs { get; set; } = 100;

    /// <summary>A delivered segment is deleted as a whole.</summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int SegmentBytes { get; set; } = 16 * 1024 * 1024;

    [Range(1, 3600)]
    public int SegmentSeconds { get; set; } = 60;

    /// <summary>What may wait for delivery; beyond it new calls are refused.</summary>
    [Range(1, 1024 * 1024)]
    public int MaxMegabytes { get; set; } = 1024;

    [Range(1, 100)]
    public int WarnPercent { get; set; } = 50;

    /// <summary>How long the end of the process waits for a receiver that does not answer. What it does not get is in the journal.</summary>
    [Range(0, 300)]
    public int DrainSeconds { get; set; } = 5;

    public long MaxBytes => MaxMegabytes * 1024L * 1024L;

    public long WarnBytes => MaxBytes / 100 * WarnPercent;
}

internal enum JournalSync
{
    /// <summary>The disk has an entry a moment after its answer has gone out: a power loss can take that moment's entries.</summary>
    Interval,

    /// <summary>The disk has an entry before the last byte of its answer goes out.</summary>
    Always,
}

[OptionsValidator]
internal sealed partial class JournalOptionsValidator : IValidateOptions<JournalOptions>;

internal sealed class JournalSizeValidator : IValidateOptions<JournalOptions>
{
    public ValidateOptionsResult Validate(string? name, JournalOptions options) => options.SegmentBytes <= options.MaxBytes / 2
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(
            $"{JournalOptions.Section}:SegmentBytes ({options.SegmentBytes}) must be at most half of {JournalOptions.Section}:MaxMegabytes "
            + $"({options.MaxMegabytes}): only whole segments are deleted.");
}
