using Gateway.Contracts.Audit;
using ServiceDefaults.Settings;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Audit;

/// <summary>Somebody who can write to the databases, and has no key, is found out: the first row that is wrong is named.</summary>
public sealed class TamperTests
{
    private const string AllColumns =
        "id, created_at, actor, actor_key, source, client, action, resource_type, resource_id, request_id, status_code, changes, key_id, previous, mac";

    public static TheoryData<string> Changes { get; } =
    [
        "actor = 'alicf'",
        "source = '10.0.0.1'",
        "client = ''",
        "actor_key = 'x'",
        "action = 'delete'",
        "resource_type = 'kez'",
        "resource_id = NULL",
        "request_id = 'req_1'",
        "status_code = 201",
        "status_code = NULL",
        "changes = '{\"a\":{\"before\":1,\"after\":3}}'",
        "mac = (SELECT mac FROM audit_chain WHERE seq = 4)",
        "previous = (SELECT mac FROM audit_chain WHERE seq = 6)",
        "id = '00000000-0000-0000-0000-000000000001'",
    ];

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Verify_WhenNobodyTouchedIt_IsGood(string kind)
    {
        await using var scene = await ChainScene.StartAsync(kind);
        await scene.AddAsync(20);

        await scene.RestartAsync();
        await scene.AddAsync(5);

        foreach (var place in (string[])[AuditVerdict.OwnPlace, AuditVerdict.CopyPlace])
        {
            var verdict = await scene.VerifyAsync(place);
            verdict.Valid.ShouldBeTrue(verdict.Problem);
            (verdict.Rows, verdict.NotCopied).ShouldBe((25, 0));
        }
    }

    [Fact]
    public async Task Verify_WhenOneFieldIsChanged_NamesTheRow()
    {
        await using var scene = await ChainScene.StartAsync(Databases.Sqlite);
        await scene.AddAsync(8);
        await scene.ChangeChainAsync("CREATE TABLE kept AS SELECT * FROM audit_chain");

        foreach (var change in Changes.Select(row => row.Data))
        {
            await scene.ChangeChainAsync($"UPDATE audit_chain SET {Escape(change)} WHERE seq = 5");
            await scene.ShouldNameAsync(5, "seal does not fit");
            await scene.ChangeChainAsync("DELETE FROM audit_chain", "INSERT INTO audit_chain SELECT * FROM kept");
        }

        (await scene.VerifyAsync()).Valid.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Verify_WhenOneByteIsChanged_NamesTheRow(string kind)
    {
        await using var scene = await ChainScene.StartAsync(kind);
        await scene.AddAsync(8);

        await scene.ChangeChainAsync("UPDATE audit_chain SET actor = 'alicf' WHERE seq = 5");

        await scene.ShouldNameAsync(5, "seal does not fit");
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Verify_WhenTheLastRowsAreDeleted_NamesTheFirstOfThem(string kind)
    {
        await using var scene = await ChainScene.StartAsync(kind);
        await scene.AddAsync(10);

        await scene.ChangeChainAsync("DELETE FROM audit_chain WHERE seq > 5");
        await scene.ShouldNameAsync(6, "the chain had 10 rows");

        await scene.ChangeChainAsync("UPDATE audit_head SET seq = 5, copied_seq = 5, mac = (SELECT mac FROM audit_chain WHERE seq = 5)");
        await scene.ShouldNameAsync(6, "its copy is there");
    }

    /// <summary>Whoever has both databases has not what was written elsewhere.</summary>
    [Fact]
    public async Task Verify_WhenTheCopyIsCutToo_NamesItByTheAnchor()
    {
        await using var scene = await ChainScene.StartAsync(Databases.Sqlite);
        await scene.AddAsync(10);
        await scene.RestartAsync();

        await scene.ChangeChainAsync("DELETE FROM audit_chain WHERE seq > 5", "UPDATE audit_head SET seq = 5, copied_seq = 5, mac = (SELECT mac FROM audit_chain WHERE seq = 5)");
        await scene.ChangeCopyAsync("DELETE FROM audit_log WHERE chain = 'keys' AND seq > 5");

        // Of how many depends on when the anchors were written.
        await scene.ShouldNameAsync(6, "an anchor says that there were ");
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Verify_WhenARowIsTakenOut_NamesIt(string kind)
    {
        await using var scene = await ChainScene.StartAsync(kind);
        await scene.AddAsync(8);

        await scene.ChangeChainAsync("DELETE FROM audit_chain WHERE seq = 3");
        await scene.ShouldNameAsync(3, "missing");

        await scene.ChangeChainAsync("UPDATE audit_chain SET seq = 3 WHERE seq = 4");
        await scene.ShouldNameAsync(3, "seal does not fit");
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Verify_WhenARowIsPutIn_NamesIt(string kind)
    {
        await using var scene = await ChainScene.StartAsync(kind);
        await scene.AddAsync(6);

        await scene.ChangeChainAsync(
            $"INSERT INTO audit_chain (seq, {AllColumns}) SELECT 7, {AllColumns} FROM audit_chain WHERE seq = 6",
            "UPDATE audit_head SET seq = 7");
        await scene.ShouldNameAsync(7, "seal does not fit");

        await scene.ChangeChainAsync("UPDATE audit_chain SET seq = seq + 100 WHERE seq > 2", "UPDATE audit_chain SET seq = seq - 99 WHERE seq > 100",
            $"INSERT INTO audit_chain (seq, {AllColumns}) SELECT 3, {AllColumns} FROM audit_chain WHERE seq = 2");
        await scene.ShouldNameAsync(3, "seal does not fit");
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Verify_WhenRowsChangePlaces_NamesTheFirst(string kind)
    {
        await using var scene = await ChainScene.StartAsync(kind);
        await scene.AddAsync(6);

        await scene.ChangeChainAsync(
            "UPDATE audit_chain SET seq = 100 WHERE seq = 2", "UPDATE audit_chain SET seq = 2 WHERE seq = 4", "UPDATE audit_chain SET seq = 4 WHERE seq = 100");

        await scene.ShouldNameAsync(2, "seal does not fit");
    }

    /// <summary>An old database is whole by itself. What was copied and anchored since says otherwise, also when it was written on.</summary>
    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Verify_WhenAnOldDatabaseIsPutBack_NamesTheFirstRowThatIsLost(string kind)
    {
        await using var scene = await ChainScene.StartAsync(kind);
        await scene.AddAsync(4);
        await scene.ChangeChainAsync("CREATE TABLE old_chain AS SELECT * FROM audit_chain", "CREATE TABLE old_head AS SELECT * FROM audit_head");
        await scene.AddAsync(3);

        await scene.ChangeChainAsync(
            "DELETE FROM audit_chain", "INSERT INTO audit_chain SELECT * FROM old_chain", "DELETE FROM audit_head", "INSERT INTO audit_head SELECT * FROM old_head");
        await scene.ShouldNameAsync(5, "old database was put back");

        // Its next entry is sealed well, and is another one than was there.
        await scene.RestartAsync();
        await scene.ChangeChainAsync("UPDATE audit_head SET copied_seq = 99");
        await scene.AddAfterRestoreAsync();
        await scene.ShouldNameAsync(5, "another one than its copy");
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Verify_WhenAnOldUsageDatabaseIsPutBack_NamesTheFirstCopyThatIsLost(string kind)
    {
        await using var scene = await ChainScene.StartAsync(kind);
        await scene.AddAsync(7);

        await scene.ChangeCopyAsync("DELETE FROM audit_log WHERE chain = 'keys' AND seq > 4");

        var verdict = await scene.VerifyAsync();
        verdict.Valid.ShouldBeFalse();
        verdict.FirstBad!.Seq.ShouldBe(5);
        verdict.Problem!.ShouldContain("The copy of row 5 is missing");
    }

    [Fact]
    public async Task Verify_WhenTheCopyIsChanged_NamesItThere()
    {
        await using var scene = await ChainScene.StartAsync(Databases.Sqlite);
        await scene.AddAsync(6);

        await scene.ChangeCopyAsync("UPDATE audit_log SET actor = 'mallory' WHERE chain = 'keys' AND seq = 3");

        (await scene.VerifyAsync()).Valid.ShouldBeTrue("the chain itself is as it was");
        await scene.ShouldNameAsync(3, "seal does not fit", AuditVerdict.CopyPlace);
    }

    [Fact]
    public async Task Verify_WhenTheKeyIsAnother_SaysThatItIs()
    {
        await using var scene = await ChainScene.StartAsync(Databases.Sqlite);
        await scene.AddAsync(3);

        await scene.RestartAsync(SecretSetting.Create());

        await scene.ShouldNameAsync(1, "the key here is");
    }

    /// <summary>Longer than a page of the walk.</summary>
    [Fact]
    public async Task Verify_WhenThereAreManyRows_FindsTheOneAmongThem()
    {
        await using var scene = await ChainScene.StartAsync(Databases.Sqlite);
        await scene.AddAsync(1100);
        (await scene.VerifyAsync()).Rows.ShouldBe(1100);

        await scene.ChangeChainAsync("UPDATE audit_chain SET changes = '{{}}' WHERE seq = 1001");

        await scene.ShouldNameAsync(1001, "seal does not fit");
    }

    /// <summary>Braces are places of parameters in the statements that EF is given.</summary>
    private static string Escape(string statement) => statement.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
}
