using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;
using RoutingService.Prices;
using RoutingService.Providers;
using RoutingService.Providers.Anthropic;
using RoutingService.Providers.Bedrock;
using RoutingService.Providers.Exchanges;
using RoutingService.Providers.Gemini;
using RoutingService.Providers.OpenAI;
using RoutingService.Providers.OpenAICompatible;
using Shouldly;
using Tests.Compat;
using Tests.TestKit;
using Xunit;

namespace Tests.Prices;

/// <summary>
/// <c>costs.json</c>: answers as vendors give them, and what they cost by the vendors' own price lists, as a sum written by hand: tokens times
/// dollars for a million, bucket by bucket.
/// </summary>
public sealed class CostTableTests
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly List<CostCase> Table = Load();

    public static IEnumerable<TheoryDataRow<string>> Cases => Table.Select(one => new TheoryDataRow<string>($"{one.Type}: {one.Case}"));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Cost_OfAnAnswer_IsTheSumByHand(string name)
    {
        var one = Table.Single(entry => $"{entry.Type}: {entry.Case}" == name);
        var usage = UsageOf(one).ShouldNotBeNull();
        var deployment = TypedAdapter.Deployment(one.Type, one.Model);
        var at = DateTime.Parse(one.At, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
        var book = new PriceBook(TypedAdapter.Shipped(), new ManualClock());

        var rating = book.Rate(deployment, UsageMapping.ToTokenUsage(usage), usage.ServiceTier ?? PriceBook.AskedOf(deployment, one.Asked), at);

        SumOf(one).ShouldBe(one.NanoUsd, "the row's own arithmetic");
        rating.Cost.ShouldBe(new NanoUsd(one.NanoUsd), rating.PriceRow);
        rating.PriceRow.ShouldNotBeNull().ShouldStartWith("shipped ");
    }

    [Fact]
    public void Table_CoversWhatCosts()
    {
        Table.Count.ShouldBeGreaterThanOrEqualTo(60);
        Table.Select(one => one.Type).Distinct().Count().ShouldBeGreaterThanOrEqualTo(5);
        Table.Select(one => one.Case).Distinct().Count().ShouldBe(Table.Count);
        var usages = Table.Select(one => UsageOf(one)!.Value).ToList();
        usages.Count(usage => usage.CacheRead > 0).ShouldBeGreaterThan(10);
        usages.Count(usage => usage.CacheWrite > 0).ShouldBeGreaterThan(5);
        usages.Count(usage => usage.CacheWrite1Hour > 0).ShouldBeGreaterThan(4);
        usages.Count(usage => usage.Reasoning > 0).ShouldBeGreaterThan(5);
        usages.Count(usage => usage.AudioInput > 0).ShouldBeGreaterThan(2);
        usages.Count(usage => usage.AudioOutput > 0).ShouldBeGreaterThan(1);
        usages.Count(usage => usage.TotalInput > 200_000).ShouldBeGreaterThan(5);
        usages.Select(usage => usage.ServiceTier).Distinct().ShouldBe(["standard", "batch", "flex", "priority", null], ignoreOrder: true);
    }

    /// <summary>A dollar for a million tokens is a thousand nano-dollars for one.</summary>
    private static long SumOf(CostCase one) => (long)decimal.Round(
        one.Sum.Split(" + ").Select(part => part.Split(" x ")).Sum(part => Number(part[0]) * Number(part[1]) * 1000m), 0, MidpointRounding.ToEven);

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static LlmUsage? UsageOf(CostCase one)
    {
        var body = Encoding.UTF8.GetBytes(one.Answer.GetRawText());
        return one.Format switch
        {
            "chat" => Scanned(new ChatAnswerScan(Call()), body),
            "responses" => Scanned(new ResponsesAnswerScan(), body),
            "messages" => Scanned(new MessagesAnswerScan(), body),
            "gemini" => GeminiUsage.Read(one.Answer.Find("usageMetadata")!.Value),
            "bedrock" => BedrockUsage.Find(one.Answer),
            _ => throw new InvalidDataException(one.Format),
        };
    }

    private static LlmUsage? Scanned(AnswerScan scan, byte[] body)
    {
        scan.ReadBody(body);
        return scan.Usage;
    }

    private static ProviderCall Call()
    {
        var request = new DispatchRequest { CallId = Guid.Empty, KeyId = Guid.Empty, Format = ClientFormat.Chat, Facts = new RequestFacts { Model = "m" } };
        return new ProviderCall(request, default, new RoutingService.Snapshots.Target(null!, "m"));
    }

    private static List<CostCase> Load() => JsonSerializer.Deserialize<List<CostCase>>(
        File.ReadAllText(Path.Combine(Repository.Root, "Tests", "Prices", "costs.json")), Names)!;

    /// <param name="Case">What is special about it.</param>
    /// <param name="At">The day of the call.</param>
    /// <param name="Asked">The tier that the client asked for.</param>
    /// <param name="Answer">The part of a provider's answer that its usage is in.</param>
    /// <param name="Sum">By hand: tokens x published dollars for a million.</param>
    private sealed record CostCase(string Case, string Type, string Format, string Model, string At, string? Asked, JsonElement Answer, string Sum, long NanoUsd);
}
