using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using ServiceDefaults.InternalAuth;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>
/// L12: what the Edge tells KeyService, told again or in another order. Where the services are programs of their own, the test speaks as the
/// Edge does; the third case, and all of it in one process, is in <see cref="ClockTests"/>.
/// </summary>
public sealed class SettlementTests(Gateways gateways, UpstreamSimulator simulator) : LimitsTest(gateways, simulator)
{
    private static readonly ModelQuote Quote = new() { IsKnown = true, OutputPerMillion = NanoUsd.FromUsd(200).Value };

    public static TheoryData<Store> EveryStore { get; } = [.. Stores.All];

    /// <summary>L12.</summary>
    [Theory, MemberData(nameof(EveryStore))]
    public async Task Settlement_WhenItComesAgain_CountsOnce(Store store)
    {
        var caller = await UseAsync(Topology.Aspire, store);
        using var client = KeyService(caller);
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 0.02m, ["max_parallel"] = 1 });
        var lease = await AdmitAsync(client, secret);
        var settlement = new Settlement(lease.CallId, Guid.Parse(id), new TokenUsage { Output = 25 }, NanoUsd.FromUsd(0.005m)) { LeaseFacts = lease.Facts };

        // At once, then again, and again in one message.
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => SettleAsync(client, settlement)));
        await SettleAsync(client, settlement, settlement, settlement);

        var key = await caller.GetKeyAsync(id);
        UsageOf(key).ShouldBe(0.005m);
        key["total_requests"]!.GetValue<long>().ShouldBe(1);
    }

    /// <summary>L12: a refund that was settled stays one, whatever comes after it, and a charge is not taken back.</summary>
    [Theory, MemberData(nameof(EveryStore))]
    public async Task Settlement_WhenAnotherFollows_StaysWhatItWas(Store store)
    {
        var caller = await UseAsync(Topology.Aspire, store);
        using var client = KeyService(caller);
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 0.02m, ["max_parallel"] = 1 });
        var (first, charge) = (await AdmitAsync(client, secret), NanoUsd.FromUsd(0.01m));
        await SettleAsync(client, new Settlement(first.CallId, Guid.Parse(id), new TokenUsage { Output = 50 }, charge) { LeaseFacts = first.Facts });
        await SettleAsync(client, new Settlement(first.CallId, Guid.Parse(id), default, NanoUsd.Zero) { LeaseFacts = first.Facts });
        UsageOf(await caller.GetKeyAsync(id)).ShouldBe(0.01m);

        var second = await AdmitAsync(client, secret);
        await SettleAsync(client, new Settlement(second.CallId, Guid.Parse(id), default, NanoUsd.Zero) { LeaseFacts = second.Facts });
        await SettleAsync(client, new Settlement(second.CallId, Guid.Parse(id), new TokenUsage { Output = 50 }, charge) { LeaseFacts = second.Facts });

        var key = await caller.GetKeyAsync(id);
        UsageOf(key).ShouldBe(0.01m);
        key["total_requests"]!.GetValue<long>().ShouldBe(2);

        // The same admission again is the same call, and it is over.
        (await PostAsync(client, Request(secret, second.CallId))).Refusal!.Code.ShouldBe("call_is_over");
        (await AdmitAsync(client, secret)).ReservedCost.ShouldBe(charge);
    }

    private static HttpClient KeyService(Caller caller)
    {
        var gateway = (AspireGateway)caller.Gateway;
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = gateway.AddressOf("keyservice") };
        client.DefaultRequestHeaders.Add(InternalTokens.HeaderName, new InternalTokens(gateway.InternalKey, TimeProvider.System).Create("keyservice"));
        return client;
    }

    private static AdmissionRequest Request(string secret, Guid callId)
        => new(callId, secret, "any", ClientFormat.Chat) { OutputTokens = 50, Quote = Quote };

    private static async Task<Lease> AdmitAsync(HttpClient client, string secret)
    {
        var admission = await PostAsync(client, Request(secret, Guid.CreateVersion7()));
        return admission.Lease.ShouldNotBeNull(admission.Refusal?.Message);
    }

    private static async Task<Admission> PostAsync(HttpClient client, AdmissionRequest request)
    {
        using var response = await client.PostAsJsonAsync(LedgerRoutes.Admit, [request], ContractsJson.Default.IReadOnlyListAdmissionRequest, Cancelled);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync(ContractsJson.Default.IReadOnlyListAdmission, Cancelled)).ShouldNotBeNull().ShouldHaveSingleItem();
    }

    private static async Task SettleAsync(HttpClient client, params Settlement[] settlements)
    {
        using var response = await client.PostAsJsonAsync(LedgerRoutes.Settle, settlements, ContractsJson.Default.IReadOnlyListSettlement, Cancelled);
        response.EnsureSuccessStatusCode();
    }
}
