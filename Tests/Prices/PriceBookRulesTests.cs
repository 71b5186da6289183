using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using RoutingService.Prices;
using RoutingService.Targets;
using Shouldly;
using Tests.Compat;
using Xunit;

namespace Tests.Prices;

/// <summary>Which of several rows holds.</summary>
public sealed class PriceBookRulesTests
{
    private static readonly TokenUsage Million = new() { Input = 1_000_000 };
    private readonly ManualClock _clock = new();

    public PriceBookRulesTests() => _clock.Advance(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero) - _clock.GetUtcNow());

    [Fact]
    public void Price_WhenSeveralSayIt_IsThatOfTheNearest()
    {
        var deployment = TypedAdapter.Deployment("openai", "gpt-4o", "mine");
        PriceRow[] own =
        [
            Row(1, PriceOrigin.Deployment, deployment: "mine/gpt-4o"),
            Row(2, PriceOrigin.Model, provider: "mine"),
            Row(3, PriceOrigin.Operator, provider: "mine"),
            Row(4, PriceOrigin.Operator, type: "openai"),
        ];
        var file = Row(5, PriceOrigin.File, type: "openai");
        var prices = new List<decimal>();
        for (var left = 0; left <= own.Length; left++)
        {
            prices.Add(Usd(new PriceSources([.. own.Skip(left)], [file], Shipped), deployment));
        }

        prices.Add(Usd(new PriceSources([], [], Shipped), deployment));

        prices.ShouldBe([1, 2, 3, 4, 5, 2.5m]);
    }

    [Fact]
    public void Price_WhenItsTimeComes_HoldsWithoutAReload()
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        var book = new PriceBook(
            new PriceSources(
                [
                    Row(10, PriceOrigin.Operator, provider: "mine", from: now.AddHours(-1), to: now.AddHours(1)),
                    Row(20, PriceOrigin.Operator, provider: "mine", from: now.AddHours(1)),
                ],
                [],
                Shipped),
            _clock);
        var deployment = TypedAdapter.Deployment("custom", "gpt-4o", "mine");

        book.Cost(deployment, Million).ShouldBe(Usd(10));
        _clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        book.Cost(deployment, Million).ShouldBe(Usd(10));
        _clock.Advance(TimeSpan.FromTicks(1));
        book.Cost(deployment, Million).ShouldBe(Usd(20));

        // What was called before is charged as it was then.
        book.Rate(deployment, Million, null, now).Cost.ShouldBe(Usd(10));
        book.Rate(deployment, Million, null, now.AddHours(-2)).Cost.ShouldBeNull();
    }

    [Fact]
    public void Price_OfAModelByName_CountsMoreThanOneByItsPattern()
    {
        var deployment = TypedAdapter.Deployment("openai", "gpt-4o", "mine");

        Usd(new PriceSources([], [Pattern(1, "gpt-"), Row(2, PriceOrigin.File, type: "openai")], Shipped), deployment).ShouldBe(2);
        Usd(new PriceSources([], [Pattern(1, "gpt-"), Pattern(2, "gpt-4")], Shipped), deployment).ShouldBe(1);
    }

    [Fact]
    public void Price_OfARegion_IsForDeploymentsOfIt()
    {
        var sources = new PriceSources([Row(1, PriceOrigin.Operator, provider: "mine"), Row(2, PriceOrigin.Operator, provider: "mine", region: "eu-west-1")], [], Shipped);

        Usd(sources, TypedAdapter.Deployment("openai", "gpt-4o", "mine", region: "EU-West-1")).ShouldBe(2);
        Usd(sources, TypedAdapter.Deployment("openai", "gpt-4o", "mine", region: "us-east-1")).ShouldBe(1);
        Usd(sources, TypedAdapter.Deployment("openai", "gpt-4o", "mine")).ShouldBe(1);
    }

    [Fact]
    public void AzureDeployment_HasNoPriceUntilItsModelIsKnown()
    {
        var book = new PriceBook(TypedAdapter.Shipped(), _clock);
        Dictionary<string, string> settings = new() { ["base_models"] = "gpt-4=gpt-4o, small=gpt-4o-mini" };

        // Its name is anybody's choice, even if it is that of another model.
        book.Cost(TypedAdapter.Deployment("azure", "gpt-4"), Million).ShouldBeNull();
        book.Cost(TypedAdapter.Deployment("azure", "gpt-4", settings: settings), Million).ShouldBe(NanoUsd.FromUsd(2.5m));
        book.Cost(TypedAdapter.Deployment("azure", "small", settings: settings), Million).ShouldBe(NanoUsd.FromUsd(0.15m));
        book.Cost(TypedAdapter.Deployment("azure", "gpt-4o", settings: settings), Million).ShouldBeNull();
    }

    [Fact]
    public void Tier_WhenItHasNoPrice_IsUnknown()
    {
        var book = new PriceBook(TypedAdapter.Shipped(), _clock);
        var deployment = TypedAdapter.Deployment("openai", "gpt-4o");
        var at = book.Now;

        var rating = book.Rate(deployment, Million, "priority", at);
        rating.ShouldBe(new Rating(null, null) { IsUnpriced = true });
        book.Quote(deployment, "priority").IsUnpriced.ShouldBeTrue();

        // It was let in at the ordinary price, and a budget waits for a number.
        book.Rate(deployment, Million, "priority", at, hasBudget: true).ShouldBe(
            new Rating(Usd(2.5m), "shipped 2026-08-21#openai:gpt-4o") { IsUnpriced = true });
    }

    [Fact]
    public void Tier_OfARowForAllTiers_IsAny()
    {
        var book = new PriceBook(new PriceSources([Row(7, PriceOrigin.Operator, provider: "mine", tier: PriceRow.AnyTier)], [], Shipped), _clock);

        book.Rate(TypedAdapter.Deployment("openai", "gpt-4o", "mine"), Million, "priority", book.Now).Cost.ShouldBe(Usd(7));
    }

    [Fact]
    public void Unpriced_UnderACeiling_CostsThat()
    {
        var options = new PriceOptions { Unpriced = UnpricedPolicy.Mark, CeilingInputPerMillion = 30, CeilingOutputPerMillion = 60 };
        var book = new PriceBook(TypedAdapter.Shipped(), _clock, options);
        var deployment = TypedAdapter.Deployment("openai", "nobody-knows");
        var usage = new TokenUsage { Input = 1000, Output = 10 };

        book.Rate(deployment, usage, null, book.Now).Cost.ShouldBeNull();
        var rating = book.Rate(deployment, usage, null, book.Now, UnpricedPolicy.Ceiling);

        rating.ShouldBe(new Rating(new NanoUsd((1000 * 30_000) + (10 * 60_000)), "ceiling:30000000000/60000000000") { IsUnpriced = true });
        PriceRow.FindCeiling(rating.PriceRow!)!.Cost(usage).ShouldBe(rating.Cost);
        var quote = book.Quote(deployment);
        quote.WorstCase(1, 1).ShouldBeNull();
        quote.Under(null).WorstCase(1, 1).ShouldBeNull();
        quote.Under(UnpricedPolicy.Ceiling).WorstCase(1000, 10).ShouldBe(rating.Cost);
    }

    [Fact]
    public void Quote_OfALongContext_GoesByTheLengthOfTheRequest()
    {
        var quote = new PriceBook(TypedAdapter.Shipped(), _clock).Quote(TypedAdapter.Deployment("anthropic", "claude-sonnet-4-5"));

        // The dearest bucket of the input is a cache write of an hour.
        quote.WorstCase(200_000, 1_000_000).ShouldBe(NanoUsd.FromUsd(1.2m + 15));
        quote.WorstCase(200_001, 1_000_000).ShouldBe(new NanoUsd((200_001L * 12_000) + 22_500_000_000));
    }

    [Fact]
    public void Quote_OfTwoTargets_IsTheDearerAtAnyLength()
    {
        var book = new PriceBook(TypedAdapter.Shipped(), _clock);
        var one = book.Quote(TypedAdapter.Deployment("anthropic", "claude-sonnet-4-5"));
        var other = book.Quote(TypedAdapter.Deployment("openai", "gpt-5.4"));
        var both = one.Or(other);

        foreach (var tokens in new long[] { 1, 200_000, 200_001, 272_000, 272_001, 1_000_000 })
        {
            both.WorstCase(tokens, 0).ShouldBe(Max(one.WorstCase(tokens, 0)!.Value, other.WorstCase(tokens, 0)!.Value));
            both.WorstCase(0, tokens)!.Value.Value.ShouldBeGreaterThanOrEqualTo(Max(one.WorstCase(0, tokens)!.Value, other.WorstCase(0, tokens)!.Value).Value);
        }

        static NanoUsd Max(NanoUsd left, NanoUsd right) => left > right ? left : right;
    }

    [Fact]
    public void Quote_OfACheaperTier_CoversThatTheOrdinaryOneIsGiven()
    {
        var quote = new PriceBook(TypedAdapter.Shipped(), _clock).Quote(TypedAdapter.Deployment("openai", "o3"), "flex");

        quote.IsUnpriced.ShouldBeFalse();
        quote.WorstCase(1_000_000, 0).ShouldBe(NanoUsd.FromUsd(2));
    }

    [Fact]
    public void Wish_ForATierThatTheProviderHasNot_ChangesNoPrice()
        => new PriceBook(TypedAdapter.Shipped(), _clock).Quote(TypedAdapter.Deployment("deepseek", "deepseek-chat"), "flex").IsUnpriced.ShouldBeFalse();

    /// <summary>A cost that is rated again by the row that it names is the same to the nano-dollar, whatever was used.</summary>
    [Fact]
    public void Rerating_OfAnyUsageByItsRow_GivesTheSameCost()
    {
        var random = new Random(20261121);
        var book = new PriceBook(TypedAdapter.Shipped(), _clock, new PriceOptions { Unpriced = UnpricedPolicy.Ceiling, CeilingInputPerMillion = 1.000000001m, CeilingOutputPerMillion = 7 });
        var rows = ShippedBook.Book.Rows.ToDictionary(row => row.Id);
        var checkedCosts = 0;
        foreach (var row in rows.Values.Where(row => row.IsEffective(book.Now)))
        {
            var usage = new TokenUsage
            {
                Input = Draw(), CacheRead = Draw(), CacheWrite5Minutes = Draw(), CacheWrite1Hour = Draw(), AudioInput = Draw(), ImageInput = Draw(),
                Output = Draw(), Reasoning = Draw(), AudioOutput = Draw(),
            };
            var model = NameFor(row.Model);
            var rating = book.Rate(TypedAdapter.Deployment(row.ProviderType!, model, settings: new() { ["base_models"] = $"{model}={model}" }), usage, row.ServiceTier, book.Now);

            var stored = PriceRow.FindCeiling(rating.PriceRow!) ?? rows[rating.PriceRow!];
            stored.Cost(usage).ShouldBe(rating.Cost, row.Id);
            checkedCosts++;
        }

        checkedCosts.ShouldBeGreaterThan(1000);

        long Draw() => random.Next(3) switch { 0 => 0, 1 => random.Next(1000), _ => random.Next(400_000) };
    }

    [Fact]
    public void ShippedBook_OfEveryRow_IsWhatItsMatchFindsFirst()
    {
        var rows = ShippedBook.Book.Rows;

        rows.Count.ShouldBeGreaterThan(1000);
        rows.ShouldAllBe(row => row.Source != null && row.SourceDate == "2026-08-21" && row.ProviderType != null);
        rows.Select(row => row.ProviderType).Distinct().Count().ShouldBe(13);
    }

    private static ILookup<string, PriceRow> Shipped { get; } = PriceSources.ByProvider(ShippedBook.Book.Rows);

    private static NanoUsd Usd(decimal usd) => NanoUsd.FromUsd(usd);

    private decimal Usd(PriceSources sources, Deployment deployment) => new PriceBook(sources, _clock).Cost(deployment, Million)!.Value.ToUsd();

    private static string NameFor(ModelMatch match)
    {
        var text = match.Json;
        var start = text.IndexOf(":\"", StringComparison.Ordinal) + 2;
        return text[start..text.IndexOf('"', start)];
    }

    private static PriceRow Pattern(decimal usd, string start) => new()
    {
        Id = $"pattern {usd}", Origin = PriceOrigin.File, ProviderType = "openai", Model = ModelMatch.Parse($$"""{"starts_with":"{{start}}"}"""), Bands = [Band(usd)],
    };

    private static PriceRow Row(
        decimal usd, PriceOrigin origin, string? deployment = null, string? provider = null, string? type = null, string? region = null, string tier = "standard",
        DateTime from = default, DateTime? to = null) => new()
    {
        Id = $"{origin} {usd}",
        Origin = origin,
        Deployment = deployment,
        Provider = provider,
        ProviderType = type,
        Region = region,
        ServiceTier = tier,
        Model = ModelMatch.Exactly("gpt-4o"),
        EffectiveFrom = from,
        EffectiveTo = to,
        Bands = [Band(usd)],
    };

    private static PriceBand Band(decimal usd) => new() { Input = NanoUsd.FromUsd(usd).Value, Output = 0 };
}
