using System.Security.Cryptography;
using System.Text;
using Gateway.Contracts.Keys;
using KeyService.Admins;
using KeyService.Data;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Keys;

public sealed class KeySecrecyTests(KeyModules modules) : IClassFixture<KeyModules>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Database_WhenKeysAreStored_HoldsNothingOfASecret(string database)
    {
        var host = await modules.StartAsync(database);
        var secret = VirtualKeySecret.Create();
        var adminSecret = "gw-admin-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        await host.Get<VirtualKeyStore>().AddAsync(new VirtualKey { Name = "to be found" }, secret, Cancelled);
        await host.Get<AdminTokens>().SetBootstrapAsync(adminSecret, Cancelled);

        var stored = await ReadAllAsync(host, database);

        // The search finds what is there.
        Contains(stored, "to be found"u8.ToArray()).ShouldBeTrue();
        Contains(stored, Encoding.UTF8.GetBytes(VirtualKeySecret.VisibleStart(secret))).ShouldBeTrue();
        foreach (var form in FormsOf(secret).Concat(FormsOf(adminSecret)))
        {
            Contains(stored, form).ShouldBeFalse(Encoding.Latin1.GetString(form));
        }
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Digest_WhenThePepperIsAnother_IsAnother(string database)
    {
        var host = await modules.StartAsync(database);
        var secret = VirtualKeySecret.Create();
        var key = await AddAsync(host, secret);
        using var other = new KeyHasher(RandomNumberGenerator.GetBytes(32));

        KeyDigest.From(key.Digest).ShouldBe(host.Get<KeyHasher>().Digest(secret));
        KeyDigest.From(key.Digest).ShouldNotBe(other.Digest(secret));
        (await host.Get<KeyHasher>().VerifyAsync(KeyDigest.From(key.Digest), key.BcryptHash, Cancelled)).ShouldBeTrue();
        (await host.Get<KeyHasher>().VerifyAsync(other.Digest(secret), key.BcryptHash, Cancelled)).ShouldBeFalse();
        key.BcryptHash.ShouldStartWith("$2");
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Admit_WhenTheBcryptHashIsNotOfTheDigest_IsRefused(string database)
    {
        var host = await modules.StartAsync(database);
        var secret = VirtualKeySecret.Create();
        var key = await AddAsync(host, secret);
        var foreignHash = await host.Get<KeyHasher>().HashAsync(host.Get<KeyHasher>().Digest("another"), Cancelled);
        await using var context = await host.Get<IDbContextFactory<KeyDbContext>>().CreateDbContextAsync(Cancelled);
        await context.KeySecrets.Where(row => row.KeyId == key.KeyId)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.BcryptHash, foreignHash), Cancelled);

        (await host.Get<IKeyLedger>().IdentifyAsync(secret, Cancelled)).ShouldBeNull();
    }

    [Fact]
    public void Digest_WhenOfTextsThatBeginAlike_Differs()
    {
        using var hasher = new KeyHasher(new byte[32]);
        var longText = new string('x', 256);

        hasher.Digest(longText).ShouldNotBe(hasher.Digest(longText[..255]));
        hasher.Digest(longText + "y").ShouldNotBe(hasher.Digest(longText));
        hasher.Digest("a").FixedTimeEquals(hasher.Digest("a")).ShouldBeTrue();
        hasher.Digest("a").FixedTimeEquals(hasher.Digest("b")).ShouldBeFalse();
    }

    private static async Task<KeySecret> AddAsync(ModuleHost host, string secret)
    {
        var key = new VirtualKey { Name = "key" };
        await host.Get<VirtualKeyStore>().AddAsync(key, secret, Cancelled);
        await using var context = await host.Get<IDbContextFactory<KeyDbContext>>().CreateDbContextAsync(Cancelled);
        return await context.KeySecrets.AsNoTracking().SingleAsync(row => row.KeyId == key.Id, Cancelled);
    }

    private static IEnumerable<byte[]> FormsOf(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        var plainHash = SHA256.HashData(bytes);
        string[] texts =
        [
            secret,
            secret[12..],
            Convert.ToHexString(bytes),
            Convert.ToHexStringLower(bytes),
            Convert.ToBase64String(bytes)[..^4],
            Convert.ToHexString(plainHash),
            Convert.ToHexStringLower(plainHash),
            Convert.ToBase64String(plainHash),
        ];
        return [plainHash, .. texts.Select(Encoding.UTF8.GetBytes)];
    }

    private async Task<byte[]> ReadAllAsync(ModuleHost host, string database)
    {
        await using var context = await host.Get<IDbContextFactory<KeyDbContext>>().CreateDbContextAsync(Cancelled);
        if (database == Databases.Sqlite)
        {
            // The files as they lie there, write-ahead log included.
            return
            [
                .. Directory.GetFiles(modules.Databases.Folder)
                    .Where(path => !path.EndsWith(".lock", StringComparison.Ordinal))
                    .SelectMany(ReadShared),
            ];
        }

        var rows = new StringBuilder();
        foreach (var table in context.Model.GetEntityTypes().Select(type => type.GetTableName()!))
        {
            foreach (var row in await context.Database.SqlQueryRaw<string>($"SELECT t::text AS \"Value\" FROM {table} t").ToListAsync(Cancelled))
            {
                // bytea is shown as hex: its bytes are searched too.
                rows.AppendLine(row);
            }
        }

        var text = rows.ToString();
        var binary = System.Text.RegularExpressions.Regex.Matches(text, @"\\x([0-9a-f]+)").SelectMany(match => Convert.FromHexString(match.Groups[1].ValueSpan));
        return [.. Encoding.UTF8.GetBytes(text), .. binary];
    }

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static bool Contains(byte[] haystack, byte[] needle) => haystack.AsSpan().IndexOf(needle) >= 0;
}
