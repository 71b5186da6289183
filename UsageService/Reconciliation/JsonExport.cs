using System.Text.Json;

namespace UsageService.Reconciliation;

/// <summary>
/// Pages of OpenAI's usage and costs, and of Anthropic's usage and cost reports: one, or a list of them. Both have <c>data</c>, buckets of
/// time with <c>results</c> in them.
/// </summary>
internal static class JsonExport
{
    public static List<ExportLine> Read(JsonElement root)
    {
        var lines = new List<ExportLine>();
        foreach (var page in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray() : new[] { root }.AsEnumerable())
        {
            if (Find(page, "data") is not { ValueKind: JsonValueKind.Array } buckets)
            {
                throw new ExportException("It has no 'data': it is not an answer of a usage or cost API.");
            }

            foreach (var bucket in buckets.EnumerateArray())
            {
                ReadBucket(bucket, lines);
            }
        }

        return lines;
    }

    private static void ReadBucket(JsonElement bucket, List<ExportLine> lines)
    {
        var start = Find(bucket, "start_time") ?? Find(bucket, "starting_at") ?? throw new ExportException("A bucket of 'data' has neither 'start_time' nor 'starting_at'.");
        var day = ExportReader.Day(start.ToString(), "'start_time'");
        if ((Find(bucket, "results") ?? Find(bucket, "result")) is not { ValueKind: JsonValueKind.Array } results)
        {
            throw new ExportException("A bucket of 'data' has no 'results'.");
        }

        foreach (var result in results.EnumerateArray())
        {
            ReadResult(day, result, lines);
        }
    }

    private static void ReadResult(DateOnly day, JsonElement result, List<ExportLine> lines)
    {
        if (Find(result, "amount") is { } amount)
        {
            lines.Add(Cost(day, result, amount));
        }
        else if (Find(result, "uncached_input_tokens") is not null)
        {
            var model = Model(result, "model");
            Add(ExportBuckets.Input, result, "uncached_input_tokens");
            Add(ExportBuckets.CacheRead, result, "cache_read_input_tokens");
            Add(ExportBuckets.Output, result, "output_tokens");
            if (Find(result, "cache_creation") is { } written)
            {
                Add(ExportBuckets.CacheWrite5Minutes, written, "ephemeral_5m_input_tokens");
                Add(ExportBuckets.CacheWrite1Hour, written, "ephemeral_1h_input_tokens");
            }

            void Add(string bucket, JsonElement holder, string name) => lines.Add(new ExportLine(day, model, bucket, Number(holder, name)));
        }
        else if (Find(result, "input_tokens") is not null)
        {
            lines.AddRange(OpenAILines.Of(
                day,
                Model(result, "model"),
                Number(result, "input_tokens"),
                Number(result, "input_cached_tokens"),
                Find(result, "input_cache_write_tokens") is null ? null : Number(result, "input_cache_write_tokens"),
                Number(result, "output_tokens"),
                Find(result, "num_model_requests") is null ? null : Number(result, "num_model_requests")));
        }
        else
        {
            throw new ExportException("A result has neither tokens nor an amount: group it by model, and take completions or messages.");
        }
    }

    /// <summary>OpenAI says dollars and a line such as <c>gpt-4o-2024-08-06, input</c>, Anthropic cents as a text and the model.</summary>
    private static ExportLine Cost(DateOnly day, JsonElement result, JsonElement amount)
    {
        if (amount.ValueKind == JsonValueKind.Object)
        {
            RequireDollars(amount);
            var line = Model(result, "line_item");
            var comma = line?.IndexOf(',', StringComparison.Ordinal) ?? -1;
            return new ExportLine(day, comma > 0 ? line![..comma] : line, ExportBuckets.Cost, Number(amount, "value"));
        }

        RequireDollars(result);
        return new ExportLine(day, Model(result, "model"), ExportBuckets.Cost, ExportReader.Number(amount, "'amount'") / 100);
    }

    private static void RequireDollars(JsonElement holder)
    {
        if (Find(holder, "currency") is { } currency && !string.Equals(currency.ToString(), "usd", StringComparison.OrdinalIgnoreCase))
        {
            throw new ExportException("It is in another currency than US dollars.");
        }
    }

    private static string? Model(JsonElement result, string name)
        => ExportReader.Model(Find(result, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null, $"'{name}'");

    private static decimal Number(JsonElement holder, string name) => Find(holder, name) is { } value ? ExportReader.Number(value, $"'{name}'") : 0;

    private static JsonElement? Find(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}

/// <summary>OpenAI's totals hold what was cached and what was written to the cache.</summary>
internal static class OpenAILines
{
    public static IEnumerable<ExportLine> Of(DateOnly day, string? model, decimal input, decimal cached, decimal? written, decimal output, decimal? requests)
    {
        if (cached + (written ?? 0) > input)
        {
            throw new ExportException("It has more cached tokens than tokens.");
        }

        yield return new ExportLine(day, model, ExportBuckets.Input, input - cached - (written ?? 0));
        yield return new ExportLine(day, model, ExportBuckets.CacheRead, cached);
        yield return new ExportLine(day, model, ExportBuckets.Output, output);
        if (written is { } writes)
        {
            yield return new ExportLine(day, model, ExportBuckets.CacheWrite5Minutes, writes);
        }

        if (requests is { } count)
        {
            yield return new ExportLine(day, model, ExportBuckets.Requests, count);
        }
    }
}
