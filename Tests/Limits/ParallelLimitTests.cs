using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>Calls at the same time.</summary>
public sealed class ParallelLimitTests(Gateways gateways, HeldUpstream simulator) : LimitsTest(gateways, simulator), IClassFixture<HeldUpstream>
{
    private const int Limit = 5;

    /// <summary>L14: as soon as clients reset their connections in the middle of a stream, others have their places.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task ParallelLimit_WhenClientsVanish_GivesTheirPlacesBack(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync(HeldUpstream.HoldInMiddle(new Answer()));
        var (_, secret) = await caller.CreateKeyAsync(new JsonObject { ["max_parallel"] = Limit });
        var body = upstream.Body(stream: true);
        var clients = await Task.WhenAll(Enumerable.Range(0, Limit).Select(_ => StartStreamAsync(caller.Gateway.EdgeUrl, secret, body)));
        ShouldBeRateLimited(await caller.ChatWithKeyAsync(secret, body), "5 calls at once");

        foreach (var client in clients)
        {
            client.LingerState = new LingerOption(enable: true, seconds: 0);
            client.Dispose();
        }

        // All five at once: each stays open while the next is tried.
        var streams = new List<HttpResponseMessage>();
        while (streams.Count < Limit)
        {
            streams.Add(await TimeLimit.PollAsync("a place", async _ => await TryStartAsync(caller, secret, body)));
        }

        ShouldBeRateLimited(await caller.ChatWithKeyAsync(secret, body), "5 calls at once");
        streams.ForEach(stream => stream.Dispose());
    }

    /// <summary>The other half of L14: whoever stays to the end gives the place back too.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task ParallelLimit_WhenFiftyCallsComeAtOnce_AdmitsExactlyTheLimit(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync(HeldUpstream.Hold(new Answer()));
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["max_parallel"] = Limit });

        for (var wave = 0; wave < 2; wave++)
        {
            var calls = Enumerable.Range(0, 50).Select(_ => caller.ChatWithKeyAsync(secret, upstream.Body())).ToList();
            await WaitUntilHeldAsync(upstream, calls, Limit, earlier: wave * Limit);
            (await simulator.ReleaseUntilAsync(Task.WhenAll(calls))).Count(answer => answer.Status == 200).ShouldBe(Limit);
            await caller.GetSettledKeyAsync(id, (wave + 1) * Limit);
        }
    }

    /// <summary>Null where there is no place yet.</summary>
    private static async Task<HttpResponseMessage?> TryStartAsync(Caller caller, string secret, string body)
    {
        var response = await caller.StartAsync(HttpMethod.Post, Caller.ChatPath, Encoding.UTF8.GetBytes(body), secret);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        ShouldBeRateLimited(await Answered.ReadAsync(response));
        response.Dispose();
        return null;
    }

    /// <summary>A connection on which the first event of a stream has come.</summary>
    private static async Task<Socket> StartStreamAsync(Uri gateway, string secret, string body)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(gateway.Host, gateway.Port, TimeLimit.Token());
        var request = string.Create(
            CultureInfo.InvariantCulture,
            $"POST {Caller.ChatPath} HTTP/1.1\r\nHost: {gateway.Authority}\r\nAuthorization: Bearer {secret}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), TimeLimit.Token());
        var received = new StringBuilder();
        var buffer = new byte[4096];
        while (!received.ToString().Contains("data: ", StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(buffer, TimeLimit.Token());
            read.ShouldBePositive(received.ToString());
            received.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        received.ToString().ShouldStartWith("HTTP/1.1 200");
        return socket;
    }
}
