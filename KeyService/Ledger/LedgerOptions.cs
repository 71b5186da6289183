using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace KeyService.Ledger;

/// <summary>Section <c>Keys:Ledger</c>.</summary>
internal sealed class LedgerOptions
{
    public const string Section = "Keys:Ledger";

    /// <summary>
    /// How long a call that no Edge announces keeps what it has reserved. Edges announce theirs every five seconds, so a lease that ends by
    /// this is of an Edge that has died, or of a call whose admission never reached its Edge.
    /// </summary>
    [Range(1, 24 * 60 * 60)]
    public int LeaseSeconds { get; set; } = 60;

    /// <summary>How often memory is held against the database.</summary>
    [Range(1, 60 * 60)]
    public int CheckSeconds { get; set; } = 60;

    public TimeSpan LeaseLifetime => TimeSpan.FromSeconds(LeaseSeconds);

    public TimeSpan CheckInterval => TimeSpan.FromSeconds(CheckSeconds);
}

[OptionsValidator]
internal sealed partial class LedgerOptionsValidator : IValidateOptions<LedgerOptions>;
