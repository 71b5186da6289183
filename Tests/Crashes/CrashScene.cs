using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Contracts;
using Gateway.Simulator.Scripts;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Storage;
using Shouldly;
using Tests.TestKit;
using UsageService.Data;

namespace Tests.Crashes;

/// <summary>
/// Four services in front of a simulator, with keys that have budgets and limits of every kind in one project, and two models of known price. It
/// reads the books of all of it.
/// </summary>
internal sealed partial class CrashScene : IAsyncDisposable
{
    private readonly UpstreamSimulator _upstream = new();
    private readonly Caller _caller;
    private readonly bool _ledgerLives;

    private CrashScene(ServiceSet services, bool ledgerLives)
    {
        _ledgerLives = ledgerLives;
        Services = services;
        _caller = new Caller(services, _upstream);
    }

    public ServiceSet Services { get; }

    public HttpClient Client => _caller.Client;

    /// <summary>The first is called with as often as all others together.</summary>
    public IReadOnlyList<SceneKey> Keys { get; private set; } = [];

    public IReadOnlyList<SceneModel> Models { get; private set; } = [];

    private string ProjectId { get; set; } = "";

    /// <param name="connectionStrings">SQLite files for those that are absent.</param>
    /// <param name="ledgerLives">
    /// Budgets hold: a ledger that is killed has not yet written what it admitted in its last moment, and until the Edges announce these
    /// calls their money is given out again.
    /// </param>
    public static async Task<CrashScene> StartAsync(IReadOnlyDictionary<string, string>? connectionStrings, bool ledgerLives)
    {
        var scene = new CrashScene(await ServiceSet.StartNewAsync(connectionStrings), ledgerLives);
        try
        {
            await scene._upstream.InitializeAsync();
            await scene.SetUpAsync();
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>The marker of each request that the upstream has answered, or begun to.</summary>
    public IReadOnlyList<string> Served()
        => [.. _upstream.Server.Requests.Select(request => Marker().Match(request.BodyText)).Where(match => match.Success).Select(match => match.Value)];

    /// <summary>Null while a service is away.</summary>
    public async Task<Books?> ReadBooksAsync()
    {
        var accounts = new List<BookedAccount>();
        foreach (var key in Keys)
        {
            if (await ReadAccountAsync("keys", key.Id, key.Name, [key.Name]) is not { } account)
            {
                return null;
            }

            accounts.Add(account);
        }

        return await ReadAccountAsync("projects", ProjectId, "project", [.. Keys.Select(key => key.Name)]) is { } project
            ? new Books(await ReadRecordsAsync(), [.. accounts, project])
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        _caller.Dispose();
        await Services.DisposeAsync();
        if (_upstream.Server is not null)
        {
            await _upstream.DisposeAsync();
        }
    }

    /// <summary>Some answers take long enough to be cut in the middle; none costs more than its call reserves, so that budgets hold exactly.</summary>
    private async Task SetUpAsync()
    {
        Models =
        [
            await AddModelAsync(new Answer { Tokens = 5, Usage = new AnswerUsage(10, 5), DelayBeforeHeadersMs = 5 }, new NanoUsd(20_000)),
            await AddModelAsync(
                new Answer { Tokens = 30, Usage = new AnswerUsage(20, 30), DelayBeforeHeadersMs = 20, DelayBetweenChunksMs = 2 }, new NanoUsd(80_000)),
        ];
        var project = await _caller.AdminAsync(HttpMethod.Post, "/admin/projects", new JsonObject { ["name"] = "crashes", ["budget_limit"] = 1000 });
        project.Status.ShouldBe(201, project.Text);
        ProjectId = project.Json["id"]!.GetValue<string>();
        Keys =
        [
            await AddKeyAsync("ample", new JsonObject { ["budget_limit"] = 100, ["budget_period"] = "monthly", ["rpm_limit"] = 1_000_000 }),
            await AddKeyAsync("narrow", new JsonObject { ["budget_limit"] = 100, ["max_parallel"] = 1 }),
            await AddKeyAsync("rated", new JsonObject { ["budget_limit"] = 100, ["rpm_limit"] = 120, ["tpm_limit"] = 100_000 }),
            await AddKeyAsync("tight", new JsonObject { ["budget_limit"] = 0.01 }),
        ];
    }

    private async Task<SceneModel> AddModelAsync(Answer answer, NanoUsd price)
        => new((await _caller.AddUpstreamAsync((1m, 2m), answer)).Alias, price);

    private async Task<SceneKey> AddKeyAsync(string name, JsonObject body)
    {
        body["name"] = name;
        body["project_id"] = ProjectId;
        var key = await _caller.AdminAsync(HttpMethod.Post, "/admin/keys", body);
        key.Status.ShouldBe(201, key.Text);
        return new SceneKey(name, key.Json["id"]!.GetValue<string>(), key.Json["key"]!.GetValue<string>());
    }

    private async Task<BookedAccount?> ReadAccountAsync(string kind, string id, string name, IReadOnlyList<string> keys)
    {
        try
        {
            var account = await _caller.AdminAsync(HttpMethod.Get, $"/admin/{kind}/{id}");
            var usage = await _caller.AdminAsync(HttpMethod.Get, $"/admin/{kind}/{id}/usage");
            return account.Status != 200 || usage.Status != 200
                ? null
                : new BookedAccount(
                    name,
                    Usd(account.Json["current_usage"]),
                    Usd(usage.Json["settled"]),
                    Usd(usage.Json["reserved"]),
                    usage.Json["running"]!.GetValue<long>(),
                    account.Json["total_requests"]?.GetValue<long>(),
                    _ledgerLives && account.Json["budget_limit"] is { } budget ? Usd(budget) + Models.Max(model => model.Price) : null)
                {
                    Keys = keys,
                };
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>From the database itself, which is all that a restarted service has.</summary>
    private async Task<IReadOnlyList<BookedCall>> ReadRecordsAsync()
    {
        await using UsageDbContext database = ConnectionStrings.IsSqlite(Services.UsageDatabase)
            ? new SqliteUsageDbContext(new DbContextOptionsBuilder<SqliteUsageDbContext>().UseSqlite(Services.UsageDatabase).Options)
            : new PostgresUsageDbContext(new DbContextOptionsBuilder<PostgresUsageDbContext>().UseNpgsql(Services.UsageDatabase).Options);
        // What was refused is in the log too, and is nothing to settle.
        var rows = await database.Calls.AsNoTracking()
            .Where(call => !call.IsRefused)
            .Select(call => new { call.Id, call.RequestId, call.KeyName, call.StatusCode, call.ErrorCode, call.Usage.CostNanoUsd })
            .ToListAsync();
        return [.. rows.Select(row => new BookedCall(
            row.Id, row.RequestId, row.KeyName ?? "", row.StatusCode, row.ErrorCode, row.CostNanoUsd is { } cost ? new NanoUsd(cost) : null))];
    }

    private static NanoUsd Usd(JsonNode? node) => NanoUsd.FromUsd(node!.GetValue<JsonElement>().GetDecimal());

    [GeneratedRegex(@"call-[\d-]+\.")]
    private static partial Regex Marker();

    internal sealed record SceneKey(string Name, string Id, string Secret);

    internal sealed record SceneModel(string Alias, NanoUsd Price);
}
