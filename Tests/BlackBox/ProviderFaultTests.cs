using System.Net;
using System.Net.Sockets;
using Gateway.Simulator.Faults;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.BlackBox;

/// <summary>A provider that fails: a typed error while there is still a status to set, an error event afterwards, never a false end.</summary>
public sealed class ProviderFaultTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    [Theory, EveryTopology("u07", "u07-fin", "u13", "u14", "u14-cut", "u14-empty", "u28", "u29", "u39", "u40", "u40-502", "u42", "u43", "u45", "u46", "u46-headers")]
    public async Task Fault_WhenTheProviderIsToBlame_Is502(Topology topology, string fault)
        => await ShouldFailAsync(topology, fault, stream: false, 502, "server_error");

    [Theory, EveryTopology("u07", "u28", "u39", "u42", "u43-empty", "u45-other-host", "u46", "u55")]
    public async Task StreamFault_WhenNothingIsSentYet_Is502(Topology topology, string fault)
        => await ShouldFailAsync(topology, fault, stream: true, 502, "server_error");

    [Theory, EveryTopology("u25", "u26", "u27")]
    public async Task Fault_WhenTheClientIsToBlame_Is400(Topology topology, string fault)
        => await ShouldFailAsync(topology, fault, stream: false, 400, "invalid_request_error");

    [Theory, EveryTopology("u35", "u35-none", "u36", "u36-fraction", "u37", "u37-ten-years", "u37-overflow", "u37-negative", "u37-garbage")]
    public async Task Fault_WhenTheProviderLimitsUs_Is429(Topology topology, string fault)
    {
        var answer = await ShouldFailAsync(topology, fault, stream: false, 429, "rate_limit_error");

        if (answer.Headers.TryGetValue("retry-after", out var seconds))
        {
            int.Parse(seconds).ShouldBePositive();
        }
    }

    [Theory, EveryTopology]
    public async Task Fault_WhenTheProviderSaysHowLongToWait_TellsTheClient(Topology topology)
    {
        var answer = await ShouldFailAsync(topology, "u36", stream: false, 429, "rate_limit_error");

        answer.Headers["retry-after"].ShouldBe("2");
        answer.Headers["retry-after-ms"].ShouldBe("1500");
    }

    [Theory, EveryTopology("u09", "u10", "u11", "u56")]
    public async Task StreamFault_WhenItHasBegun_EndsWithAnErrorAndWithoutDone(Topology topology, string fault)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync(FaultCatalog.Get(fault));

        var answer = await caller.ChatAsync(upstream.Body(stream: true));

        answer.Status.ShouldBe(200);
        answer.Events.ShouldNotContain("[DONE]");
        var chunks = answer.Chunks;
        chunks.SkipLast(1).Count(chunk => chunk["choices"]![0]!["delta"]!["content"]?.GetValue<string>() is { Length: > 0 }).ShouldBe(10);
        chunks.SkipLast(1).ShouldAllBe(chunk => chunk["error"] == null);
        var error = chunks[^1]["error"].ShouldNotBeNull(answer.Text);
        error["type"]!.GetValue<string>().ShouldBe("server_error");
        error["code"]!.GetValue<string>().ShouldBe("upstream_error");
        error["message"]!.GetValue<string>().ShouldContain(upstream.Provider);

        var record = await caller.FindRecordAsync(answer.RequestId);
        record["error_type"]!.GetValue<string>().ShouldBe("upstream_error");
        record["completion_tokens"]!.GetValue<long>().ShouldBePositive();
        record["usage_source"]!.GetValue<string>().ShouldBe("estimated");
    }

    [Theory, EveryTopology]
    public async Task Message_WhenTheProviderRepeatsItsKey_HoldsNoKey(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync();
        upstream.Simulator.Server.Script(
            upstream.Credential,
            new Answer { Status = 400, ErrorMessage = $"Bad request with {upstream.Credential}." },
            new Answer { Status = 500, ErrorMessage = $"Failed with {upstream.Credential}." },
            new Answer { StreamErrorAfter = 3, ErrorMessage = $"Failed with {upstream.Credential}." });

        var refused = await caller.ChatAsync(upstream.Body());
        var failed = await caller.ChatAsync(upstream.Body());
        var broken = await caller.ChatAsync(upstream.Body(stream: true));

        refused.Error["message"]!.GetValue<string>().ShouldContain("Bad request");
        foreach (var answer in (Answered[])[refused, failed, broken])
        {
            answer.Text.ShouldNotContain(upstream.Credential);
        }

        caller.Gateway.Output.Text().ShouldNotContain(upstream.Credential);
    }

    [Theory, EveryTopology]
    public async Task Provider_WhenNobodyListens_Is503(Topology topology)
    {
        var caller = await UseAsync(topology);
        var name = Caller.Unique("p");
        await caller.AddProviderAsync(name, new Uri($"{Ports.NextUrl()}/v1"), "sk-nobody-listens");

        var answer = await caller.ChatAsync($$"""{"model":"{{name}}/m","messages":[]}""");

        answer.Status.ShouldBe(503, answer.Text);
        answer.Error["code"]!.GetValue<string>().ShouldBe("service_unavailable");
        answer.Headers.ShouldContainKey("retry-after");
    }

    [Theory, EveryTopology]
    public async Task Provider_WhenItsAddressIsPrivateAndItIsNotLocal_IsNotConnectedTo(Topology topology)
    {
        var caller = await UseAsync(topology);
        var name = Caller.Unique("p");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await caller.AddProviderAsync(name, new Uri($"https://127.0.0.1:{port}/v1"), "sk-not-for-you", local: false);

        var answer = await caller.ChatAsync($$"""{"model":"{{name}}/m","messages":[]}""");

        answer.Status.ShouldBe(502, answer.Text);
        answer.Error["code"]!.GetValue<string>().ShouldBe("upstream_address_refused");
        listener.Pending().ShouldBeFalse();
    }

    private async Task<Answered> ShouldFailAsync(Topology topology, string fault, bool stream, int status, string type)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync(FaultCatalog.Get(fault));

        var answer = await caller.ChatAsync(upstream.Body(stream));

        answer.Status.ShouldBe(status, answer.Text);
        answer.Headers["content-type"].ShouldStartWith("application/json");
        answer.Headers["x-gateway-provider"].ShouldBe(upstream.Provider);
        answer.Error["type"]!.GetValue<string>().ShouldBe(type);
        answer.Error["code"]!.GetValue<string>().ShouldNotBeEmpty();
        answer.Error["message"]!.GetValue<string>().Length.ShouldBeInRange(1, 1000);
        answer.Text.ShouldNotContain(upstream.Credential);
        return answer;
    }
}
