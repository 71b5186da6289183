using System.Security.Cryptography;
using System.Text;
using Gateway.Contracts.Keys;
using Shouldly;
using Xunit;

namespace Tests.KeyAdmin;

/// <summary>Keys that were made elsewhere: known by a hash, of any form.</summary>
public sealed class ForeignKeyTests(AdminGateway gateway) : IClassFixture<AdminGateway>
{
    private const string LiteLlmKey = "sk-2hB0vUXs1k9r7yQm3pTzWQ";

    [Fact]
    public async Task Import_WhenTheHashIsOfAKeyMadeElsewhere_ThatKeyCalls()
    {
        var secret = LiteLlmKey + "1";
        (await gateway.ChatAsync(secret)).Status.ShouldBe(401);

        var created = await gateway.CreateAsync("keys", new { name = "from LiteLLM", hash = "sha256:" + Sha256(secret), key_prefix = "sk-...QmQ1" });

        (await gateway.ChatAsync(secret)).Status.ShouldBe(200);
        (await gateway.ChatAsync(secret + "x")).Status.ShouldBe(401);
        created.ContainsKey("key").ShouldBeFalse();
        created["key_prefix"]!.GetValue<string>().ShouldBe("sk-...QmQ1");
        await gateway.SendAsync(HttpMethod.Delete, $"/admin/keys/{created["id"]}");
        (await gateway.ChatAsync(secret)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Import_WhenTheSha256IsOfAGatewayKey_ThatKeyCalls()
    {
        var secret = VirtualKeySecret.Create();
        (await gateway.ChatAsync(secret)).Status.ShouldBe(401);

        await gateway.CreateAsync("keys", new { name = "by sha256", hash = "sha256:" + Sha256(secret) });

        (await gateway.ChatAsync(secret)).Status.ShouldBe(200);
        (await gateway.ChatAsync(VirtualKeySecret.Create())).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Import_WhenTheHashIsKnownAlready_SaysSo()
    {
        var hash = "sha256:" + Sha256(LiteLlmKey + "2");
        await gateway.CreateAsync("keys", new { name = "first", hash });

        var (status, problem) = await gateway.SendAsync(HttpMethod.Post, "/admin/keys", new { name = "second", hash });

        status.ShouldBe(409);
        problem!["detail"]!.GetValue<string>().ShouldContain("secret");
    }

    [Theory]
    [InlineData("sk-clear-text")]
    [InlineData("sha256:12")]
    [InlineData("sha256:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("md5:00000000000000000000000000000000")]
    public async Task Import_WhenTheHashIsNone_IsRefused(string hash)
    {
        var (status, problem) = await gateway.SendAsync(HttpMethod.Post, "/admin/keys", new { name = "wrong", hash });

        status.ShouldBe(400);
        problem!["errors"]!["hash"].ShouldNotBeNull();
        problem.ToJsonString().ShouldNotContain(hash);
    }

    private static string Sha256(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
