using System.Text;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.BlackBox;

/// <summary>What a gateway keeps when it ends, and what it keeps to itself.</summary>
public sealed class RestartTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    [Theory, EveryTopology]
    public async Task Gateway_WhenRestarted_HasItsKeysItsProvidersAndItsRecords(Topology topology)
    {
        var caller = await StartNewAsync(topology);
        var upstream = await caller.AddUpstreamAsync((1m, 2m));
        var (keyId, secret) = await caller.CreateKeyAsync();
        var before = await caller.ChatWithKeyAsync(secret, upstream.Body());

        await caller.Gateway.StopAsync();
        caller.Gateway.Output.Text().ShouldNotContain("Unhandled exception");
        await caller.Gateway.StartAsync();

        using var after = new Caller(caller.Gateway, upstream.Simulator);
        (await after.ChatWithKeyAsync(secret, upstream.Body())).Text.ShouldNotBeEmpty();
        (await after.ChatAsync(upstream.Body())).Status.ShouldBe(200);
        upstream.Requests.Count.ShouldBe(3);
        (await after.FindRecordAsync(before.RequestId))["key_id"]!.GetValue<string>().ShouldBe(keyId);
        (await TimeLimit.PollAsync("the settlements", async _ => (await after.AdminAsync(HttpMethod.Get, $"/admin/keys/{keyId}")).Json is var key
            && key["total_requests"]!.GetValue<long>() == 2 ? key : null))["current_usage"]!.GetValue<decimal>().ShouldBePositive();
    }

    [Theory, EveryTopology]
    public async Task Secrets_WhateverWasDone_AreInNoFileAndNoOutput(Topology topology)
    {
        var caller = await StartNewAsync(topology);
        var upstream = await caller.AddUpstreamAsync();
        var (_, secret) = await caller.CreateKeyAsync();
        await caller.ChatWithKeyAsync(secret, upstream.Body());
        await caller.ChatWithKeyAsync(secret[..^1]);
        await caller.SendAsync(HttpMethod.Post, "/admin/providers", $$"""{"name":"{{upstream.Credential}}""", caller.Gateway.AdminKey);
        var failed = await caller.ChatAsync(upstream.Body());
        await caller.FindRecordAsync(failed.RequestId);

        await caller.Gateway.StopAsync();

        string[] secrets = [caller.Gateway.AdminKey, caller.Gateway.DevelopmentKey, secret, upstream.Credential];
        var files = DataFolder.Read(caller.Gateway.DataDirectory).ToList();
        files.Count.ShouldBeGreaterThan(3);
        foreach (var canary in secrets)
        {
            foreach (var (file, bytes) in files)
            {
                foreach (var form in FormsOf(canary))
                {
                    bytes.AsSpan().IndexOf(form).ShouldBe(-1, $"{file} holds {canary}");
                }
            }
        }

        // Its first start shows the two that it made; nothing shows any other.
        var output = caller.Gateway.Output.Lines().Where(line => !IsAnnouncement(line));
        output.ShouldAllBe(line => !secrets.Any(canary => line.Contains(canary, StringComparison.Ordinal)));
    }

    private static IEnumerable<byte[]> FormsOf(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        yield return bytes;
        yield return Encoding.UTF8.GetBytes(secret[6..^6]);
        yield return Encoding.Unicode.GetBytes(secret);
        yield return Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));
        yield return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes));
        yield return System.Security.Cryptography.SHA256.HashData(bytes);
    }

    private static bool IsAnnouncement(string line)
        => line.StartsWith("admin key:", StringComparison.Ordinal)
            || line.StartsWith("development key:", StringComparison.Ordinal)
            || line.StartsWith("curl ", StringComparison.Ordinal);
}
