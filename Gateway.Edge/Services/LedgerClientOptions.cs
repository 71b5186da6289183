using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Services;

/// <summary>Section <c>Edge:Ledger</c>: how the Edge speaks to KeyService.</summary>
internal sealed class LedgerClientOptions
{
    public const string Section = "Edge:Ledger";

    /// <summary>How many admissions travel in one message at most; 1 sends each by itself, at once.</summary>
    [Range(1, 1000)]
    public int MaxBatch { get; set; } = 256;

    /// <summary>How long the ledger may answer nobody before calls stop waiting for it.</summary>
    [Range(1, 60)]
    public int PatienceSeconds { get; set; } = 1;

    public TimeSpan Patience => TimeSpan.FromSeconds(PatienceSeconds);
}

[OptionsValidator]
internal sealed partial class LedgerClientOptionsValidator : IValidateOptions<LedgerClientOptions>;
