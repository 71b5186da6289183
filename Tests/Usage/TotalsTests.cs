using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Usage;

/// <summary>Whoever asks the books gets one answer, wherever they are opened.</summary>
public sealed class TotalsTests(Gateways gateways, UpstreamSimulator simulator, ITestOutputHelper output)
    : BlackBoxTest(gateways, simulator), IClassFixture<UpstreamSimulator>
{
    private const int Clients = 16;
    private const int Keys = 6;

    [Theory]
    [InlineData(Topology.Standalone, Store.Sqlite, 10_000)]
    [InlineData(Topology.Aspire, Store.Postgres, 3_000)]
    public async Task Totals_WhenCallsEndInEveryWay_AreTheSameInAllFourPlaces(Topology topology, Store store, int calls)
    {
        var caller = await StartNewAsync(topology, store);
        var random = new Random(20_260_821);
        var models = await AddModelsAsync(caller, random, calls);
        var keys = await AddKeysAsync(caller);
        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var left = calls;

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var choice = new Random(client);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                seen.AddOrUpdate(await CallAsync(caller, choice, keys, models), 1, (_, count) => count + 1);
            }
        })));

        var books = await TimeLimit.PollAsync("books that agree", async _ => await ReadAsync(caller, keys) is { AreComplete: true } read ? read : null);
        output.WriteLine($"{calls} calls: {string.Join(", ", seen.OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => $"{kind.Key} {kind.Value}"))}");
        foreach (var (name, total) in books.Totals)
        {
            output.WriteLine($"{name,-12} {total.Calls,6} calls  ${total.Cost:0.000000000}");
        }

        books.Totals.Select(total => total.Total).Distinct().ShouldHaveSingleItem();
        books.ByKeyOfLog.ShouldBe(books.ByKeyOfLedger);
        books.ByKeyOfStatistics.ShouldBe(books.ByKeyOfLedger);
        books.Totals[0].Total.Cost.ShouldBeGreaterThan(0);
        foreach (var kind in (string[])["200", "400", "404", "429", "aborted", "broken"])
        {
            seen.Keys.ShouldContain(kind);
        }
    }

    private static async Task<IReadOnlyList<string>> AddModelsAsync(Caller caller, Random random, int calls)
    {
        // Prices that leave fractions; failures that are retried, turned from and told; streams that break in the middle.
        (decimal, decimal)?[] prices = [(0.15m, 0.6m), (3m, 15m), (0.0375m, 0.3m), (1.25m, 10m), null];
        var upstreams = new List<Upstream>();
        foreach (var price in prices)
        {
            upstreams.Add(await caller.AddUpstreamAsync(price, [.. Enumerable.Range(0, calls).Select(_ => AnswerOf(random))]));
        }

        var turning = Caller.Unique("turning");
        var created = await caller.AdminAsync(HttpMethod.Post, "/admin/models", new JsonObject
        {
            ["alias"] = turning,
            ["provider"] = upstreams[0].Provider,
            ["model"] = Upstream.Model,
            ["input_cost_per_million"] = 0.15m,
            ["output_cost_per_million"] = 0.6m,
            ["routing_config"] = new JsonObject { ["fallbacks"] = new JsonObject { ["general"] = new JsonArray(upstreams[1].Alias) } },
        });
        created.Status.ShouldBe(201, created.Text);
        return [.. upstreams.Select(upstream => upstream.Alias), turning, "echo", "no-such-model"];
    }

    private static Answer AnswerOf(Random random) => random.Next(60) switch
    {
        0 => new Answer { Status = 500 },
        1 => new Answer { Status = 429, Headers = new Dictionary<string, string> { ["retry-after-ms"] = "20" } },
        2 => new Answer { Status = 400 },
        3 => new Answer { StreamErrorAfter = random.Next(1, 20) },
        4 => new Answer { Ending = AnswerEnding.Reset, EndAfterEvents = random.Next(0, 20) },
        5 => new Answer { OmitUsage = true, Tokens = random.Next(1, 60) },
        > 5 and < 15 => new Answer { DelayBetweenChunksMs = 1, Tokens = 30 },
        _ => new Answer { Tokens = random.Next(1, 80) },
    };

    private static async Task<IReadOnlyList<(string Id, string Secret)>> AddKeysAsync(Caller caller)
    {
        var project = await caller.AdminAsync(HttpMethod.Post, "/admin/projects", new JsonObject { ["name"] = Caller.Unique("project") });
        project.Status.ShouldBe(201, project.Text);
        var keys = new List<(string, string)>();
        for (var number = 0; number < Keys; number++)
        {
            var fields = new JsonObject();
            if (number < 2)
            {
                fields["project_id"] = project.Json["id"]!.GetValue<string>();
            }

            fields[number == 2 ? "rpm_limit" : number == 3 ? "budget_limit" : "tpm_limit"] = number == 2 ? 500 : number == 3 ? 0.01m : 1_000_000_000;
            keys.Add(await caller.CreateKeyAsync(fields));
        }

        return keys;
    }

    /// <returns>How it ended for the client.</returns>
    private static async Task<string> CallAsync(Caller caller, Random random, IReadOnlyList<(string Id, string Secret)> keys, IReadOnlyList<string> models)
    {
        var model = models[random.Next(models.Count)];
        var stream = random.Next(2) == 0 ? ",\"stream\":true" : "";
        var (path, body) = random.Next(4) switch
        {
            0 => ("/v1/messages", $$"""{"model":"{{model}}","max_tokens":100,"messages":[{"role":"user","content":"Say something."}]{{stream}}}"""),
            1 => ("/v1/responses", $$"""{"model":"{{model}}","store":false,"input":"Say something."{{stream}}}"""),
            _ => ("/v1/chat/completions", $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Say something."}]{{(random.Next(30) == 0 ? ",\"temperature\":\"hot\"" : "")}}{{stream}}}"""),
        };
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        if (random.Next(12) == 0)
        {
            leaving.CancelAfter(random.Next(1, 40));
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, null, "application/json") };
            request.Headers.Authorization = new("Bearer", keys[random.Next(keys.Count)].Secret);
            using var response = await caller.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leaving.Token);
            var text = await response.Content.ReadAsStringAsync(leaving.Token);
            return (int)response.StatusCode == 200 && text.Contains("\"error\"", StringComparison.Ordinal) && stream.Length > 0
                ? "broken"
                : ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            return "aborted";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return "broken";
        }
    }

    private static async Task<Books> ReadAsync(Caller caller, IReadOnlyList<(string Id, string Secret)> keys)
    {
        var ledger = new Dictionary<string, Total>(StringComparer.Ordinal);
        foreach (var (id, _) in keys)
        {
            var key = await caller.GetKeyAsync(id);
            ledger[id] = new Total(key["total_requests"]!.GetValue<long>(), key["total_usage"]!.GetValue<decimal>());
        }

        var byKey = await GroupAsync(caller, "key");
        var byModel = await GroupAsync(caller, "model");
        var log = await ReadLogAsync(caller);
        return new Books(
            [("by key", Sum(byKey.Values)), ("by model", Sum(byModel.Values)), ("rows", Sum(log.Values)), ("KeyService", Sum(ledger.Values))],
            Sorted(byKey),
            Sorted(log),
            Sorted(ledger));
    }

    private static async Task<Dictionary<string, Total>> GroupAsync(Caller caller, string groupBy)
    {
        var answer = await caller.AdminAsync(HttpMethod.Get, $"/admin/usage?group_by={groupBy}");
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json["data"]!.AsArray().ToDictionary(
            row => row!["group"]?.GetValue<string>() ?? "",
            row => new Total(row!["requests"]!.GetValue<long>() - row["refused"]!.GetValue<long>(), row["cost"]!.GetValue<decimal>()),
            StringComparer.Ordinal);
    }

    private static async Task<Dictionary<string, Total>> ReadLogAsync(Caller caller)
    {
        using var response = await caller.StartAsync(HttpMethod.Get, "/admin/logs/export?format=jsonl", body: null, caller.Gateway.AdminKey);
        ((int)response.StatusCode).ShouldBe(200);
        var totals = new Dictionary<string, Total>(StringComparer.Ordinal);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancelled));
        while (await lines.ReadLineAsync(Cancelled) is { } line)
        {
            var row = JsonNode.Parse(line)!;
            if (!row["refused"]!.GetValue<bool>())
            {
                var key = row["key_id"]!.GetValue<string>();
                var (calls, cost) = totals.GetValueOrDefault(key, new Total(0, 0));
                totals[key] = new Total(calls + 1, cost + (row["cost"]?.GetValue<decimal>() ?? 0));
            }
        }

        return totals;
    }

    private static Total Sum(IEnumerable<Total> totals) => totals.Aggregate(new Total(0, 0), (sum, total) => new Total(sum.Calls + total.Calls, sum.Cost + total.Cost));

    private static IReadOnlyList<(string Key, Total Total)> Sorted(Dictionary<string, Total> totals)
        => [.. totals.Where(total => total.Value.Calls > 0).OrderBy(total => total.Key, StringComparer.Ordinal).Select(total => (total.Key, total.Value))];

    /// <param name="Calls">Those that were admitted.</param>
    private sealed record Total(long Calls, decimal Cost);

    private sealed record Books(
        IReadOnlyList<(string Name, Total Total)> Totals,
        IReadOnlyList<(string Key, Total Total)> ByKeyOfStatistics,
        IReadOnlyList<(string Key, Total Total)> ByKeyOfLog,
        IReadOnlyList<(string Key, Total Total)> ByKeyOfLedger)
    {
        /// <summary>Records come in batches, a moment after their calls: until then the four are behind each other.</summary>
        public bool AreComplete => Totals.Select(total => total.Total).Distinct().Count() == 1;
    }
}
