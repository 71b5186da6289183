using System.Net;
using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Usage;

public sealed class LogTailTests(BookGateways gateways) : IClassFixture<BookGateways>
{
    public static TheoryData<Store> AllStores { get; } = [.. Stores.All];

    [Theory]
    [MemberData(nameof(AllStores))]
    public async Task Tail_WhenItsReaderComesBack_HasEachCallOnceAndInOrder(Store store)
    {
        var books = await gateways.GetAsync(store);
        var records = new SomeRecords(5).Make(400);
        await using var tail = await Tail.OpenAsync(books.Client, lastId: null);

        var writing = Task.Run(async () =>
        {
            foreach (var batch in records.Chunk(13))
            {
                // The second time they are there already.
                await books.RecordAsync(batch);
                await books.RecordAsync(batch);
            }
        }, TimeLimit.Token());
        var seen = await tail.ReadAsync(110);
        for (var reader = seen; seen.Count < records.Count; seen = [.. seen, .. reader])
        {
            await using var again = await Tail.OpenAsync(books.Client, seen[^1].Id);
            reader = await again.ReadAsync(Math.Min(110, records.Count - seen.Count));
        }

        await writing;
        seen.Select(call => call.RequestId).ShouldBe(records.Select(record => record.RequestId));
        seen.Select(call => call.Id).ShouldBeInOrder(SortDirection.Ascending);
    }

    [Fact]
    public async Task Tail_WhenFiltered_HasTheCallsThatFitAndGoesOnBehindTheOthers()
    {
        var books = await gateways.GetAsync(Store.Sqlite);
        await using var tail = await Tail.OpenAsync(books.Client, lastId: null, "?alias=wanted");

        await books.RecordAsync([.. Enumerable.Range(0, 300).Select(number => SomeRecords.One() with { RequestedModel = number % 100 == 99 ? "wanted" : "other" })]);

        (await tail.ReadAsync(3)).Select(call => call.Model).ShouldBe(["wanted", "wanted", "wanted"]);
    }

    [Fact]
    public async Task Tail_WhenItsNumberIsOfAnotherDatabase_BeginsWithWhatComes()
    {
        var books = await gateways.GetAsync(Store.Sqlite);
        await using var tail = await Tail.OpenAsync(books.Client, lastId: long.MaxValue);
        var record = SomeRecords.One();

        await books.RecordAsync(record);

        (await tail.ReadAsync(1))[0].RequestId.ShouldBe(record.RequestId);
    }

    internal sealed record TailedCall(long Id, string RequestId, string Model);

    /// <summary>A reader of the live log.</summary>
    internal sealed class Tail(HttpResponseMessage response, StreamReader lines) : IAsyncDisposable
    {
        public static async Task<Tail> OpenAsync(HttpClient client, long? lastId, string query = "")
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/admin/logs/tail{query}");
            if (lastId is { } id)
            {
                request.Headers.TryAddWithoutValidation("Last-Event-ID", $"{id}");
            }

            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TimeLimit.Token());
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
            var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TimeLimit.Token()));

            // It is under way when it has said so.
            (await lines.ReadLineAsync(TimeLimit.Token())).ShouldBe("retry: 2000");
            return new Tail(response, lines);
        }

        public async Task<List<TailedCall>> ReadAsync(int count)
        {
            var token = TimeLimit.Token();
            var (calls, id) = (new List<TailedCall>(), 0L);
            while (calls.Count < count)
            {
                var line = await lines.ReadLineAsync(token) ?? throw new EndOfStreamException($"The tail ended after {calls.Count} calls.");
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                {
                    id = long.Parse(line["id: ".Length..]);
                }
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    var call = JsonNode.Parse(line["data: ".Length..])!;
                    call["sequence"]!.GetValue<long>().ShouldBe(id);
                    calls.Add(new TailedCall(id, call["request_id"]!.GetValue<string>(), call["requested_model"]!.GetValue<string>()));
                }
            }

            return calls;
        }

        public ValueTask DisposeAsync()
        {
            lines.Dispose();
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
