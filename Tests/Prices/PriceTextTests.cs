using System.Text;
using RoutingService.Prices;
using Shouldly;
using Xunit;

namespace Tests.Prices;

/// <summary>A book is right in all of its rows, or it is no book.</summary>
public sealed class PriceTextTests
{
    private const string Good = """{"provider_type":"openai","model":"m","prices":[{"input":1,"output":2.000000001}]}""";

    [Theory]
    [InlineData("""{"provider_type":"openai","model":"m","prices":[{"input":-1,"output":2}]}""", "rows[1].prices[0].input")]
    [InlineData("""{"provider_type":"openai","model":"m","prices":[{"input":"NaN","output":2}]}""", "rows[1].prices[0].input")]
    [InlineData("""{"provider_type":"openai","model":"m","prices":[{"input":1e400,"output":2}]}""", "rows[1].prices[0].input")]
    [InlineData("""{"provider_type":"openai","model":"m","prices":[{"input":0.0000000001,"output":2}]}""", "rows[1].prices[0].input")]
    [InlineData("""{"provider_type":"openai","model":"m","prices":[{"input":1000001,"output":2}]}""", "rows[1].prices[0].input")]
    [InlineData("""{"provider_type":"openai","model":"m","prices":[{"output":2}]}""", "rows[1].prices[0].input")]
    [InlineData("""{"provider_type":"openai","model":"m","prices":[{"input":1,"thoughts":2}]}""", "rows[1].prices[0].thoughts")]
    [InlineData("""{"provider_type":"openai","model":"m","prices":[]}""", "rows[1].prices")]
    [InlineData("""{"provider_type":"openai","model":"m","prices":[{"above_input_tokens":5,"input":1}]}""", "rows[1].prices")]
    [InlineData("""{"provider_type":"openai","model":"m","prices":[{"input":1},{"above_input_tokens":9,"input":1},{"above_input_tokens":9,"input":2}]}""", "rows[1].prices")]
    [InlineData("""{"provider_type":"openai","model":{"regex":"("},"prices":[{"input":1}]}""", "rows[1].model")]
    [InlineData("""{"provider_type":"openai","model":{"regex":"(a)\\1"},"prices":[{"input":1}]}""", "rows[1].model")]
    [InlineData("""{"provider_type":"openai","model":{"like":"a"},"prices":[{"input":1}]}""", "rows[1].model")]
    [InlineData("""{"provider_type":"openai","model":{"or":[{"equals":"a"},{"equals":1}]},"prices":[{"input":1}]}""", "rows[1].model")]
    [InlineData("""{"provider_type":"openai","provider":"p","model":"x","prices":[{"input":1}]}""", "rows[1].provider")]
    [InlineData("""{"model":"x","prices":[{"input":1}]}""", "rows[1].provider")]
    [InlineData("""{"provider_type":"openai","model":"x","service_tier":"Batch!","prices":[{"input":1}]}""", "rows[1].service_tier")]
    [InlineData("""{"provider_type":"openai","model":"x","effective_from":"2027-01-01","prices":[{"input":1}]}""", "rows[1].effective_from")]
    [InlineData("""{"provider_type":"openai","model":"x","effective_from":"2027-01-01T00:00:00Z","effective_to":"2027-01-01T00:00:00Z","prices":[{"input":1}]}""", "rows[1].effective_to")]
    [InlineData(Good, "rows[1]")]
    [InlineData("null", "rows[1]")]
    public void Row_WhenItIsWrong_IsNamedAndNoneIsTaken(string row, string field)
    {
        var book = Read($$"""{"rows":[{{Good}},{{row}}]}""");

        book.Rows.ShouldBeEmpty();
        book.Faults.Keys.ShouldContain(field, string.Join(", ", book.Faults.Keys));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"rows\":7}")]
    [InlineData("{\"rows\":[],\"rows\":[]}")]
    [InlineData("{\"rows\":[],\"more\":1}")]
    public void Text_WhenItIsNoBook_IsRefused(string text) => Read(text).Faults.ShouldNotBeEmpty();

    [Fact]
    public void Row_WhenAllIsSaid_IsRead()
    {
        var row = Read(
            """
            {"version":"x","source":"all","source_date":"2027-01-01","rows":[{"id":"one","provider":"p","model":{"or":[{"starts_with":"a"},{"and":[{"contains":"b"},{"ends_with":"c"}]}]},
             "service_tier":"flex","region":"eu","effective_from":"2027-01-01T02:00:00+02:00","effective_to":"2028-01-01T00:00:00Z","note":"n",
             "prices":[{"input":1,"cache_read":0.1,"cache_write_5m":1.25,"cache_write_1h":2,"audio_input":3,"image_input":4,"output":5,"reasoning":6,"audio_output":7},
                       {"above_input_tokens":10,"input":2,"output":10}]}]}
            """).Rows.ShouldHaveSingleItem();

        row.Id.ShouldBe("x#one");
        (row.Provider, row.ProviderType, row.ServiceTier, row.Region, row.Source, row.SourceDate, row.Note).ShouldBe(("p", null, "flex", "eu", "all", "2027-01-01", "n"));
        row.EffectiveFrom.ShouldBe(new DateTime(2027, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        row.Model.IsMatch("abc").ShouldBeTrue();
        row.Model.IsMatch("xbc").ShouldBeTrue();
        row.Model.IsMatch("xb").ShouldBeFalse();
        row.Bands[0].ShouldBe(new PriceBand
        {
            Input = 1_000_000_000, CacheRead = 100_000_000, CacheWrite5Minutes = 1_250_000_000, CacheWrite1Hour = 2_000_000_000, AudioInput = 3_000_000_000,
            ImageInput = 4_000_000_000, Output = 5_000_000_000, Reasoning = 6_000_000_000, AudioOutput = 7_000_000_000,
        });
        row.Bands[1].AboveInputTokens.ShouldBe(10);
    }

    private static BookText Read(string text) => BookText.Read(Encoding.UTF8.GetBytes(text), PriceOrigin.File, version: text.Contains("version", StringComparison.Ordinal) ? null : "v");
}
