using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ServiceDefaults.Operations;

namespace UsageService;

/// <summary>Section <c>Usage</c>: how long the books are kept, and what is written beside them.</summary>
internal sealed class UsageOptions
{
    public const string Section = "Usage";

    /// <summary>How old calls are deleted from the log; null keeps them. Statistics are not changed by it.</summary>
    [Range(1, 36500)]
    public int? RetentionDays { get; set; }

    /// <summary>How old statistics are deleted; null keeps them.</summary>
    [Range(1, 36500)]
    public int? StatisticsRetentionDays { get; set; }

    /// <summary>A JSONL file to which every call is appended; null for none. One process writes it.</summary>
    [PlainText]
    public string? HistoryFile { get; set; }
}

[OptionsValidator]
internal sealed partial class UsageOptionsValidator : IValidateOptions<UsageOptions>;
