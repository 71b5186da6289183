using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Contracts;

namespace UsageService.Statistics;

/// <param name="From">The beginning of the first hour.</param>
/// <param name="To">The end of the last hour.</param>
internal sealed record UsageList(DateTime From, DateTime To, IReadOnlyList<string> GroupBy, IReadOnlyList<UsageRow> Data, UsageView Totals);

/// <param name="Group">The value that all of it shares, null for calls without one; values of several groupings with commas between them.</param>
/// <param name="Groups">The same, by what it is grouped by.</param>
/// <param name="Name">Of the key or the project.</param>
[JsonConverter(typeof(UsageRowConverter))]
internal sealed record UsageRow(string? Group, IReadOnlyDictionary<string, string?> Groups, string? Name, UsageView Usage);

/// <param name="Errors">Calls that were not answered in full, refused ones among them.</param>
/// <param name="Cost">In dollars; calls without a price add nothing.</param>
/// <param name="LatencyMs">Of all calls; <c>FirstTokenMs</c> and <c>OverheadMs</c> of those that came so far.</param>
internal sealed record UsageView(
    long Requests,
    long Errors,
    long Refused,
    long Attempts,
    long Fallbacks,
    long PromptTokens,
    long CompletionTokens,
    long TotalTokens,
    UsageBuckets Buckets,
    decimal Cost,
    long Unpriced,
    long Estimated,
    decimal CacheSavings,
    TimesView LatencyMs,
    TimesView FirstTokenMs,
    TimesView OverheadMs)
{
    public static UsageView From(UsageSums sums)
    {
        var buckets = UsageBuckets.From(sums);
        return new UsageView(
            sums[Counter.Requests],
            sums[Counter.Errors],
            sums[Counter.Refused],
            sums[Counter.Attempts],
            sums[Counter.Fallbacks],
            buckets.Prompt,
            buckets.Completion,
            buckets.Prompt + buckets.Completion,
            buckets,
            new NanoUsd(sums[Counter.CostNanoUsd]).ToUsd(),
            sums[Counter.Unpriced],
            sums[Counter.Estimated],
            new NanoUsd(sums[Counter.CacheSavingsNanoUsd]).ToUsd(),
            TimesView.From(sums.Latency, sums[Counter.LatencyMicroseconds]),
            TimesView.From(sums.FirstToken, sums[Counter.FirstTokenMicroseconds]),
            TimesView.From(sums.Overhead, sums[Counter.OverheadMicroseconds]));
    }
}

internal sealed record UsageBuckets(
    long Input, long CacheRead, long CacheWrite5Minutes, long CacheWrite1Hour, long AudioInput, long ImageInput, long Output, long Reasoning, long AudioOutput)
{
    [JsonIgnore]
    public long Prompt => Input + CacheRead + CacheWrite5Minutes + CacheWrite1Hour + AudioInput + ImageInput;

    [JsonIgnore]
    public long Completion => Output + Reasoning + AudioOutput;

    public static UsageBuckets From(UsageSums sums) => new(
        sums[Counter.InputTokens],
        sums[Counter.CacheReadTokens],
        sums[Counter.CacheWrite5MinuteTokens],
        sums[Counter.CacheWrite1HourTokens],
        sums[Counter.AudioInputTokens],
        sums[Counter.ImageInputTokens],
        sums[Counter.OutputTokens],
        sums[Counter.ReasoningTokens],
        sums[Counter.AudioOutputTokens]);
}

/// <summary>Null where nothing was measured.</summary>
internal sealed record TimesView(long Count, double? Mean, double? P50, double? P90, double? P95, double? P99)
{
    public static TimesView From(Histogram histogram, long microseconds) => new(
        histogram.Count,
        histogram.Count == 0 ? null : Math.Round(microseconds / 1000.0 / histogram.Count, 3),
        Percentile(histogram, 0.5),
        Percentile(histogram, 0.9),
        Percentile(histogram, 0.95),
        Percentile(histogram, 0.99));

    private static double? Percentile(Histogram histogram, double part) => histogram.Percentile(part) is { } value ? Math.Round(value, 3) : null;
}

/// <summary>A row is flat: its group beside its sums.</summary>
internal sealed class UsageRowConverter : JsonConverter<UsageRow>
{
    public override UsageRow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, UsageRow value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("group", value.Group);
        writer.WritePropertyName("groups");
        JsonSerializer.Serialize(writer, value.Groups, options);
        writer.WriteString("name", value.Name);
        foreach (var member in JsonSerializer.SerializeToElement(value.Usage, options).EnumerateObject())
        {
            member.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
