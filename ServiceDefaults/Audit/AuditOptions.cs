using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ServiceDefaults.Operations;

namespace ServiceDefaults.Audit;

/// <summary>Section <c>Audit</c>: where the ends of the chains are anchored, outside the databases that they are in.</summary>
public sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>One line for each anchor is appended; best on a disk that the gateway can append to and not rewrite. None by default.</summary>
    [PlainText]
    public string? AnchorFile { get; set; }

    /// <summary>An anchor is made after so many entries at the latest,</summary>
    [Range(1, 100_000)]
    public int AnchorEntries { get; set; } = 100;

    /// <summary>and so long after an entry at the latest.</summary>
    [Range(1, 24 * 60)]
    public int AnchorMinutes { get; set; } = 10;

    /// <summary>
    /// Fills up a copy that has fewer entries than it had, after an old usage database was put back on purpose. Otherwise nothing is copied
    /// into such a one, so that verifying goes on to say what is wrong.
    /// </summary>
    public bool RefillCopy { get; set; }
}

[OptionsValidator]
internal sealed partial class AuditOptionsValidator : IValidateOptions<AuditOptions>;
