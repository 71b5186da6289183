using Gateway.Contracts.Audit;
using KeyService;
using KeyService.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Audit;
using ServiceDefaults.Settings;
using Shouldly;
using Tests.TestKit;
using UsageService;
using UsageService.Data;

namespace Tests.Audit;

/// <summary>The chain of the keys database with its copy in a usage database beside it, and somebody who can write to both.</summary>
internal sealed class ChainScene : IAsyncDisposable
{
    private readonly Databases _databases = new();
    private readonly Databases _copies = new();
    private readonly string _kind;
    private readonly string _masterKey = SecretSetting.Create();
    private ModuleHost _host = null!;

    private ChainScene(string kind) => _kind = kind;

    public string AnchorFile => Path.Combine(_databases.Folder, "anchors");

    private AuditChain Chain => _host.Get<IServiceProvider>().GetRequiredKeyedService<AuditChain>("keys");

    public static async Task<ChainScene> StartAsync(string kind)
    {
        var scene = new ChainScene(kind);
        await scene.StartHostAsync(scene._masterKey);
        return scene;
    }

    /// <summary>Everything again, with the same databases.</summary>
    public async Task RestartAsync(string? masterKey = null)
    {
        await _host.DisposeAsync();
        await StartHostAsync(masterKey ?? _masterKey);
    }

    /// <summary>Adds entries, and waits for their copies.</summary>
    public async Task AddAsync(int count)
    {
        await RecordAsync(count);
        await TimeLimit.PollAsync("the copies", async token =>
        {
            await using var database = await KeysAsync();
            var head = await database.Set<AuditHead>().AsNoTracking().SingleAsync(token);
            return head.CopiedSeq == head.Seq ? head : null;
        });
    }

    /// <summary>Entries that the copy does not take.</summary>
    public Task AddAfterRestoreAsync() => RecordAsync(1);

    public async Task ChangeChainAsync(params string[] statements) => await ExecuteAsync(await KeysAsync(), statements);

    public async Task ChangeCopyAsync(params string[] statements)
        => await ExecuteAsync(await _host.Get<IDbContextFactory<UsageDbContext>>().CreateDbContextAsync(TimeLimit.Token()), statements);

    public async Task<AuditVerdict> VerifyAsync(string place = AuditVerdict.OwnPlace)
    {
        foreach (var verifier in _host.Get<IEnumerable<IAuditVerifier>>())
        {
            if ((await verifier.VerifyAsync(TimeLimit.Token())).FirstOrDefault(verdict => verdict.Chain == "keys" && verdict.Place == place) is { } found)
            {
                return found;
            }
        }

        throw new InvalidOperationException("Nobody verifies it.");
    }

    public async Task ShouldNameAsync(long seq, string words, string place = AuditVerdict.OwnPlace)
    {
        var verdict = await VerifyAsync(place);
        verdict.Valid.ShouldBeFalse();
        verdict.FirstBad.ShouldNotBeNull(verdict.Problem).Seq.ShouldBe(seq, verdict.Problem);
        verdict.Problem!.ShouldContain(words);
        verdict.Rows.ShouldBe(seq - 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _databases.DisposeAsync();
        await _copies.DisposeAsync();
    }

    private async Task StartHostAsync(string masterKey)
    {
        var keys = await _databases.ConnectionStringAsync(_kind);
        var usage = await _copies.ConnectionStringAsync(_kind);
        _host = await ModuleHost.StartAsync("keys", keys, builder =>
        {
            builder.Configuration["ConnectionStrings:usage"] = usage;
            builder.Configuration[SecretSetting.MasterKey] = masterKey;
            builder.Configuration["Audit:AnchorFile"] = AnchorFile;
            builder.AddKeyLedger();
            builder.AddUsageLog();
        });
    }

    private async Task RecordAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Chain.RecordAsync(
                new AuditEvent
                {
                    Actor = "alice", Action = "update", ResourceType = "key", ResourceId = $"k{i}", StatusCode = 200, Changes = """{"a":{"before":1,"after":2}}""",
                },
                TimeLimit.Token());
        }
    }

    private Task<KeyDbContext> KeysAsync() => _host.Get<IDbContextFactory<KeyDbContext>>().CreateDbContextAsync(TimeLimit.Token());

    private static async Task ExecuteAsync(DbContext database, string[] statements)
    {
        await using (database)
        {
            foreach (var statement in statements)
            {
                await database.Database.ExecuteSqlRawAsync(statement, TimeLimit.Token());
            }
        }
    }
}
