using System.Text.Json.Nodes;
using Gateway.Contracts.Usage;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Tests.TestKit.Topologies;

namespace Tests.Usage;

/// <summary>Gateways in the process of the test whose books are written by hand; as a class fixture, one for each store.</summary>
public sealed class BookGateways : IAsyncDisposable
{
    private readonly Dictionary<Store, BookGateway> _running = [];

    internal async Task<BookGateway> GetAsync(Store store)
    {
        if (!_running.TryGetValue(store, out var gateway))
        {
            _running.Add(store, gateway = new BookGateway(await ClockedGateway.StartNewAsync(store)));
        }

        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _running.Values)
        {
            await gateway.DisposeAsync();
        }
    }
}

/// <summary>One of them, and its administrator.</summary>
internal sealed class BookGateway(ClockedGateway gateway) : IAsyncDisposable
{
    public ClockedGateway Gateway => gateway;

    public HttpClient Client { get; } = gateway.CreateClient(gateway.AdminKey);

    public Task RecordAsync(params IReadOnlyList<CallRecord> records)
        => gateway.Services.GetRequiredService<IUsageLog>().RecordAsync(records, TestKit.TimeLimit.Token());

    public async Task<JsonNode> GetAsync(string path)
    {
        var (status, body) = await TryGetAsync(path);
        status.ShouldBe(200, $"{path}: {body}");
        return body;
    }

    public async Task<(int Status, JsonNode Body)> TryGetAsync(string path)
    {
        using var answer = await Client.GetAsync(path, TestKit.TimeLimit.Token());
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestKit.TimeLimit.Token()))!);
    }

    /// <summary>All pages of a list.</summary>
    public async Task<List<JsonNode>> GetAllAsync(string query, int limit, Func<int, Task>? between = null)
    {
        var rows = new List<JsonNode>();
        string? after = null;
        do
        {
            var page = await GetAsync($"/admin/logs?limit={limit}{query}{(after is null ? "" : $"&after={after}")}");
            rows.AddRange(page["data"]!.AsArray().Select(row => row!));
            after = page["next"]?.GetValue<string>();
            if (between is not null)
            {
                await between(rows.Count);
            }
        }
        while (after is not null);
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await gateway.DisposeAsync();
    }
}
