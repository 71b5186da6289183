using System.ComponentModel.DataAnnotations;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Microsoft.Extensions.Options;
using ServiceDefaults.Operations;

namespace RoutingService.Prices;

/// <summary>Where prices come from beside the admin API, and what becomes of models that have none.</summary>
internal sealed class PriceOptions
{
    public const string Section = "Prices";

    /// <summary>A book of prices, which is read again when it changes.</summary>
    [PlainText]
    public string? File { get; set; }

    /// <summary>How often the file is looked at.</summary>
    [Range(1, 3600)]
    public int FileSeconds { get; set; } = 5;

    public UnpricedPolicy Unpriced { get; set; } = UnpricedPolicy.Mark;

    /// <summary>What a model without a price costs under <see cref="UnpricedPolicy.Ceiling"/>, in dollars for a million tokens.</summary>
    [Range(0, 1_000_000)]
    public decimal? CeilingInputPerMillion { get; set; }

    [Range(0, 1_000_000)]
    public decimal? CeilingOutputPerMillion { get; set; }

    public PriceRow? Ceiling => CeilingInputPerMillion is { } input && CeilingOutputPerMillion is { } output
        ? PriceRow.Ceiling(NanoUsd.FromUsd(input), NanoUsd.FromUsd(output))
        : null;
}

[OptionsValidator]
internal sealed partial class PriceOptionsValidator : IValidateOptions<PriceOptions>;

internal sealed class PriceCeilingValidator : IValidateOptions<PriceOptions>
{
    public ValidateOptionsResult Validate(string? name, PriceOptions options)
        => options.CeilingInputPerMillion is null != options.CeilingOutputPerMillion is null
            ? ValidateOptionsResult.Fail("Prices:CeilingInputPerMillion and Prices:CeilingOutputPerMillion go together: both, or none.")
            : options is { Unpriced: UnpricedPolicy.Ceiling, Ceiling: null }
                ? ValidateOptionsResult.Fail("Prices:Unpriced is 'ceiling': Prices:CeilingInputPerMillion and Prices:CeilingOutputPerMillion must say what it is.")
                : ValidateOptionsResult.Success;
}
