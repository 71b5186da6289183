using System.Globalization;
using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using ServiceDefaults.Changes;
using ServiceDefaults.Ownership;

namespace RoutingService.Prices;

/// <summary>
/// What models of a provider cost, in one tier and region, for some time. What it says never changes, so that a cost can be rated again by
/// its id; a change is a new row, and an end for the old one.
/// </summary>
internal sealed class PriceRow : IOwned, IVersioned
{
    public const int MaxIdLength = 300;
    public const int MaxNameLength = 265;

    /// <summary>The tier of a row that is for calls of the ordinary one.</summary>
    public const string StandardTier = Gateway.Llm.Canonical.ServiceTiers.Standard;

    /// <summary>The tier of a row that is for calls of every tier.</summary>
    public const string AnyTier = "*";

    private const string CeilingPrefix = "ceiling:";

    /// <summary>An id of its own, or that of its book and of the row in it.</summary>
    public required string Id { get; init; }

    public required PriceOrigin Origin { get; init; }

    /// <summary>The one deployment that it is for.</summary>
    public string? Deployment { get; init; }

    /// <summary>The one provider whose models it is for, by the gateway's name for it.</summary>
    public string? Provider { get; init; }

    /// <summary>The type of provider whose models it is for.</summary>
    public string? ProviderType { get; init; }

    public required ModelMatch Model { get; init; }

    public string ServiceTier { get; init; } = StandardTier;

    /// <summary>Of the deployments that it is for; null is all of them.</summary>
    public string? Region { get; init; }

    public DateTime EffectiveFrom { get; init; }

    /// <summary>From then on it is not used; null while no end is known.</summary>
    public DateTime? EffectiveTo { get; set; }

    /// <summary>By length of input, the first for any.</summary>
    public required IReadOnlyList<PriceBand> Bands { get; init; }

    public string? Source { get; init; }

    public string? SourceDate { get; init; }

    public string? Note { get; init; }

    public string? ManagedBy { get; set; }

    public DateTime CreatedAt { get; init; }

    public Guid Version { get; set; }

    /// <summary>What its <see cref="Model"/> and the like must differ in, for two rows to hold at once.</summary>
    public (string?, string?, string?, string, string, string?) Key => (Deployment, Provider, ProviderType, Model.Json, ServiceTier, Region?.ToLowerInvariant());

    /// <summary>Of the settings, for models that have no price: its id says all of it.</summary>
    public static PriceRow Ceiling(NanoUsd inputPerMillion, NanoUsd outputPerMillion) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{CeilingPrefix}{inputPerMillion.Value}/{outputPerMillion.Value}"),
        Origin = PriceOrigin.Operator,
        Model = ModelMatch.Exactly("*"),
        ServiceTier = AnyTier,
        Bands = [new PriceBand { Input = inputPerMillion.Value, Output = outputPerMillion.Value }],
    };

    /// <summary>The row that <see cref="Ceiling"/> has made once; null for another id.</summary>
    public static PriceRow? FindCeiling(string id)
        => id.StartsWith(CeilingPrefix, StringComparison.Ordinal) && id[CeilingPrefix.Length..].Split('/') is [var input, var output]
            && long.TryParse(input, NumberStyles.None, CultureInfo.InvariantCulture, out var inputPrice)
            && long.TryParse(output, NumberStyles.None, CultureInfo.InvariantCulture, out var outputPrice)
                ? Ceiling(new NanoUsd(inputPrice), new NanoUsd(outputPrice))
                : null;

    public bool IsEffective(DateTime at) => EffectiveFrom <= at && !(EffectiveTo <= at);

    public bool IsOfTier(string tier) => ServiceTier == AnyTier || string.Equals(ServiceTier, tier, StringComparison.Ordinal);

    public PriceBand BandOf(long inputTokens)
    {
        var band = Bands[0];
        foreach (var other in Bands)
        {
            band = inputTokens > other.AboveInputTokens ? other : band;
        }

        return band;
    }

    /// <summary>The cost of these tokens by this row, now and whenever it is asked again.</summary>
    public NanoUsd? Cost(in TokenUsage usage) => BandOf(usage.TotalInput).Cost(usage);

    public NanoUsd Saved(in TokenUsage usage) => BandOf(usage.TotalInput).Saved(usage);
}

internal sealed class PriceRowConfiguration : IEntityTypeConfiguration<PriceRow>
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault,
    };

    public void Configure(EntityTypeBuilder<PriceRow> builder)
    {
        builder.ToTable("price_rows");
        builder.Property(row => row.Id).HasMaxLength(PriceRow.MaxIdLength);
        builder.Property(row => row.Origin).HasConversion(new EnumToStringConverter<PriceOrigin>()).HasMaxLength(20);
        builder.Property(row => row.Deployment).HasMaxLength(PriceRow.MaxNameLength);
        builder.Property(row => row.Provider).HasMaxLength(Providers.Provider.MaxNameLength);
        builder.Property(row => row.ProviderType).HasMaxLength(Providers.Provider.MaxNameLength);
        builder.Property(row => row.Model).HasMaxLength(ModelMatch.MaxLength).HasConversion(match => match.Json, json => ModelMatch.Parse(json));
        builder.Property(row => row.ServiceTier).HasMaxLength(40);
        builder.Property(row => row.Region).HasMaxLength(100);
        builder.Property(row => row.Bands).HasConversion(
            bands => JsonSerializer.Serialize(bands, Json),
            text => JsonSerializer.Deserialize<List<PriceBand>>(text, Json)!,
            new ValueComparer<IReadOnlyList<PriceBand>>((one, other) => one!.SequenceEqual(other!), bands => bands.Count, bands => bands));
        builder.Property(row => row.ManagedBy).HasMaxLength(Owners.MaxNameLength);
        builder.HasIndex(row => row.EffectiveTo);
        builder.HasIndex(row => new { row.Provider, row.Deployment });
    }
}
