using Gateway.Contracts.Keys;
using Gateway.Simulator;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Bootstrap;

/// <summary>A file of variables is that of all processes of a gateway.</summary>
public sealed class EveryTopologyTests(UpstreamSimulator simulator)
{
    [Theory, EveryTopology]
    public async Task TB09_Gateway_WhenAFileHasItsVariables_HasKeysAndServicesOfIt(Topology topology)
    {
        using var folder = new DataFolder();
        await using var upstream = await SimulatorServer.StartAsync(cancellationToken: TimeLimit.Token());
        upstream.Script("models", new Answer { Status = 404 });
        var file = Path.Combine(folder.Path, "gateway.env");
        string[] provider = ["OPENAI_API_KEY=sk-of-the-file", $"OPENAI_BASE_URL={new Uri(upstream.BaseAddress, "v1")}"];
        await File.WriteAllLinesAsync(file, [.. provider, "AUTH_KEY_01=a"], TimeLimit.Token());
        await using var gateway = await Gateways.StartNewAsync(
            topology,
            environment: new Dictionary<string, string> { ["Gateway__EnvFile"] = file, ["Gateway__DevelopmentKey"] = VirtualKeySecret.Create() });
        using var caller = new Caller(gateway, simulator);

        var answer = await caller.ChatWithKeyAsync("a", """{"model":"some-model","messages":[{"role":"user","content":"hi"}]}""");
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json["router"]!["service"]!.GetValue<string>().ShouldBe("openai");
        upstream.Requests.ShouldContain(request => request.Method == "POST" && request.Credential == "sk-of-the-file");
        (await caller.ChatWithKeyAsync("b")).Status.ShouldBe(401);
        var root = (await caller.SendAsync(HttpMethod.Get, "/", key: "a")).Json;
        (root["services_count"]!.GetValue<int>(), root["primary_backend"]!.GetValue<string>()).ShouldBe((1, "openai"));
        var valid = root["authentication"]!["valid_keys_count"]!.GetValue<int>();

        await File.WriteAllLinesAsync(file, [.. provider, "AUTH_KEY_01=b", "AUTH_KEY_02=c"], TimeLimit.Token());
        var reload = await caller.AdminAsync(HttpMethod.Post, "/auth/reload-keys");
        reload.Status.ShouldBe(200, reload.Text);

        (reload.Json["added"]!.GetValue<int>(), reload.Json["removed"]!.GetValue<int>(), reload.Json["valid_keys_count"]!.GetValue<int>()).ShouldBe((2, 1, valid + 1));
        (await caller.ChatWithKeyAsync("b")).Status.ShouldBe(200);
        (await caller.ChatWithKeyAsync("a")).Status.ShouldBe(401);
        (await caller.SendAsync(HttpMethod.Get, "/auth/status", key: "c")).Json["valid_keys_count"]!.GetValue<int>().ShouldBe(valid + 1);
        (await caller.SendAsync(HttpMethod.Get, "/health")).Json["mode"]!.GetValue<string>().ShouldBe("router");
        (await caller.SendAsync(HttpMethod.Get, "/health/ready")).Status.ShouldBe(200);
    }
}
