using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Edge.Limits;
using Gateway.Edge.Pipeline;
using Gateway.Edge.Services;
using Gateway.Llm.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shouldly;
using Tests.Compat;
using Xunit;

namespace Tests.Edge;

/// <summary>The Edge beside a ledger that is away, or hangs.</summary>
public sealed class AdmissionsTests
{
    private const string Known = "a known key";
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"messages":[{"role":"user","content":"How many tokens are these, and whose?"}]}""");
    private static readonly RequestFacts Facts = new() { Model = "m", TextBytes = 40 };

    private readonly ManualClock _clock = new();
    private readonly ScriptedLedger _ledger = new();
    private readonly Admissions _admissions;

    public AdmissionsTests() => _admissions = new Admissions(
        _ledger,
        new ScriptedRouter(_ => throw new NotSupportedException()),
        new LedgerPatience(Options.Create(new LedgerClientOptions()), _clock),
        new OfflineAdmissions(_clock),
        new TokenCounts(_clock),
        _clock,
        NullLogger<Admissions>.Instance);

    /// <summary>I01.</summary>
    [Fact]
    public async Task Admit_WhenTheLedgerIsAway_KnownKeysGoOnForAQuarterOfAnHour()
    {
        await AdmitAsync(Known);
        _ledger.Admit = _ => Task.FromException<Admission>(ScriptedLedger.Away);

        _clock.Advance(TimeSpan.FromMinutes(15));
        (await AdmitAsync(Known)).Key.ShouldBe(ScriptedLedger.Key);
        _clock.Advance(TimeSpan.FromTicks(1));
        (await RefuseAsync(Known)).Kind.ShouldBe(GatewayErrorKind.Unavailable);
    }

    /// <summary>I01: as this Edge counts, so the limit holds here without the ledger too.</summary>
    [Fact]
    public async Task Admit_WhenTheLedgerIsAway_HoldsTheRequestLimit()
    {
        _ledger.Admit = request => Granted(ScriptedLedger.Lease(request, new LimitState(LimitKind.RequestsPerMinute, 2, 1, TimeSpan.Zero)));
        await AdmitAsync(Known);
        _ledger.Admit = _ => Task.FromException<Admission>(ScriptedLedger.Away);

        await AdmitAsync(Known);
        await AdmitAsync(Known);
        await RefuseAsync(Known);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await AdmitAsync(Known);
    }

    /// <summary>I01: what a budget or a token limit has left, only the ledger knows.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Admit_WhenTheLedgerIsAway_KeysWithABudgetOrTokensFailClosed(bool hasBudget)
    {
        _ledger.Admit = request => Granted(ScriptedLedger.Lease(request) with
        {
            CountTokens = true,
            ReservedCost = hasBudget ? NanoUsd.Zero : null,
        });
        await AdmitAsync(Known);
        _ledger.Admit = _ => Task.FromException<Admission>(ScriptedLedger.Away);

        (await RefuseAsync(Known)).Kind.ShouldBe(GatewayErrorKind.Unavailable);
    }

    /// <summary>I02: not 401, which clients would take for the end of a good key.</summary>
    [Fact]
    public async Task Admit_WhenTheLedgerIsAway_UnknownKeysAreToComeBack()
    {
        await AdmitAsync(Known);
        _ledger.Admit = _ => Task.FromException<Admission>(ScriptedLedger.Away);

        var refusal = await RefuseAsync("an unknown key");

        refusal.Kind.ShouldBe(GatewayErrorKind.Unavailable);
        refusal.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Admit_WhenTheLedgerIsAway_AKeyIsKnownOnlyForWhatItWasGranted()
    {
        await AdmitAsync(Known);
        _ledger.Admit = _ => Task.FromException<Admission>(ScriptedLedger.Away);

        await RefuseAsync(Known, Facts with { Model = "dearer" });
        await RefuseAsync(Known, format: ClientFormat.Messages);
        await AdmitAsync(Known);
    }

    [Fact]
    public async Task Admit_WhenTheLedgerHasRefusedAKey_ItIsKnownNoMore()
    {
        await AdmitAsync(Known);
        _ledger.Admit = _ => Task.FromResult(Admission.Refused(new GatewayError(GatewayErrorKind.RateLimited, "rate_limit_exceeded", "Later.")));
        await RefuseAsync(Known);
        _ledger.Admit = _ => Task.FromException<Admission>(ScriptedLedger.Away);
        await AdmitAsync(Known);

        _ledger.Admit = _ => Task.FromResult(Admission.Refused(GatewayError.InvalidKey()));
        await RefuseAsync(Known);
        _ledger.Admit = _ => Task.FromException<Admission>(ScriptedLedger.Away);
        (await RefuseAsync(Known)).Kind.ShouldBe(GatewayErrorKind.Unavailable);
    }

    /// <summary>I03.</summary>
    [Fact]
    public async Task Admit_WhenTheLedgerHangs_KnownKeysWaitOnceAndOthersASecond()
    {
        await AdmitAsync(Known);
        _clock.Advance(TimeSpan.FromMinutes(1));
        var late = new TaskCompletionSource<Admission>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ledger.Admit = _ => late.Task;

        var first = AdmitAsync(Known);
        await PassASecondAsync();
        (await first).Key.ShouldBe(ScriptedLedger.Key);

        // From here on nobody who is known waits; one of them asks, to hear of its return.
        var asked = _ledger.Asked;
        for (var i = 0; i < 10; i++)
        {
            var next = AdmitAsync(Known);
            next.IsCompleted.ShouldBeTrue();
            await next;
        }

        _ledger.Asked.ShouldBe(asked + 1);
        var callId = Guid.NewGuid();
        var unknown = RefuseAsync("an unknown key", callId: callId);
        unknown.IsCompleted.ShouldBeFalse();
        await PassASecondAsync();
        (await unknown).RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));

        // Its lease comes when nobody wants it any more.
        late.SetResult(Admission.Granted(ScriptedLedger.Lease(new AdmissionRequest(callId, "", "m", ClientFormat.Chat))));
        var settled = await _ledger.Settled.Task.WaitAsync(TestContext.Current.CancellationToken);
        settled.ShouldBe(new Settlement(callId, ScriptedLedger.Key.KeyId, default, NanoUsd.Zero) { LeaseFacts = "facts" });
    }

    [Fact]
    public async Task Admit_WhenTheLedgerHasHungAndAnswersAgain_IsAskedAgain()
    {
        await AdmitAsync(Known);
        _clock.Advance(TimeSpan.FromMinutes(1));
        _ledger.Admit = _ => new TaskCompletionSource<Admission>().Task;
        var first = AdmitAsync(Known);
        await PassASecondAsync();
        await first;

        _ledger.Admit = request => Granted(ScriptedLedger.Lease(request));
        await AdmitAsync(Known);
        var asked = _ledger.Asked;
        await AdmitAsync(Known);
        await AdmitAsync(Known);

        _ledger.Asked.ShouldBe(asked + 2);
    }

    /// <summary>A burst waits its turn: the ledger answers others meanwhile.</summary>
    [Fact]
    public async Task Admit_WhenTheLedgerIsBusy_WaitsOn()
    {
        await AdmitAsync(Known);
        var slow = new TaskCompletionSource<Admission>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ledger.Admit = request => request.Secret == Known ? Granted(ScriptedLedger.Lease(request)) : slow.Task;
        var waiting = AdmitAsync("an unknown key");
        for (var i = 0; i < 5; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(0.5));
            await AdmitAsync(Known);
        }

        waiting.IsCompleted.ShouldBeFalse();
        slow.SetResult(Admission.Granted(ScriptedLedger.Lease(new AdmissionRequest(Guid.Empty, "", "m", ClientFormat.Chat))));
        await waiting;
    }

    [Fact]
    public void Estimate_WhenAnAliasLeadsElsewhere_IsOfTheModelThatIsCalled()
    {
        var tokens = new TokenCounts(_clock);
        var lease = new Lease(Guid.NewGuid(), ScriptedLedger.Key, DateTime.UnixEpoch) { CountTokens = true, Limits = [Limit(LimitKind.TokensPerMinute, 1000)] };
        tokens.Remember(Known, lease);
        var quote = new ModelQuote { IsKnown = true, UpstreamModel = "claude-sonnet-5" };

        tokens.Estimate(Known, Facts, quote, Body).ShouldBe(TokenEstimate.ForChat(Body, "claude-sonnet-5"));
        tokens.Estimate(Known, Facts, quote, Body).ShouldNotBe(TokenEstimate.ForChat(Body, "gpt-4o"));
        tokens.Estimate("not counted", Facts, quote, Body).ShouldBe(10);
    }

    [Theory]
    [InlineData(LimitKind.TokensPerMinute, 3_999_999, true)]
    [InlineData(LimitKind.TokensPerMinute, 5_000_000, false)]
    [InlineData(LimitKind.TokensPerDay, 3_999_999, true)]
    [InlineData(LimitKind.Budget, 7_999_999_999, true)]
    [InlineData(LimitKind.Budget, 8_000_000_000, false)]
    public void Estimate_WhileEveryLimitIsFarAway_CountsNothing(LimitKind kind, long remaining, bool isCounted)
    {
        var tokens = new TokenCounts(_clock);
        var quote = new ModelQuote { IsKnown = true, UpstreamModel = "gpt-4o", InputPerMillion = 2_000_000_000, OutputPerMillion = 2_000_000_000 };
        tokens.Remember(Known, new Lease(Guid.NewGuid(), ScriptedLedger.Key, DateTime.UnixEpoch) { CountTokens = true, Limits = [Limit(kind, remaining)] });
        var exact = TokenEstimate.ForChat(Body, "gpt-4o");
        exact.ShouldNotBe(10);

        tokens.Estimate(Known, Facts, quote, Body).ShouldBe(isCounted ? exact : 10);
        _clock.Advance(TimeSpan.FromSeconds(10));
        tokens.Estimate(Known, Facts, quote, Body).ShouldBe(exact, "What was left ten seconds ago says nothing.");
    }

    private static LimitState Limit(LimitKind kind, long remaining) => new(kind, long.MaxValue, remaining, TimeSpan.Zero);

    private static Task<Admission> Granted(Lease lease) => Task.FromResult(Admission.Granted(lease));

    private async Task<Lease> AdmitAsync(string secret, RequestFacts? facts = null, ClientFormat format = ClientFormat.Chat, Guid? callId = null)
        => (await _admissions.AdmitAsync(
            new DefaultHttpContext(), new CallInProgress(callId ?? Guid.NewGuid(), "req", format, CallOperation.Generate, new CallOrigin("none", Tags: null), _clock), secret, CallOperation.Generate, facts ?? Facts, Body)).Lease;

    private async Task<GatewayError> RefuseAsync(string secret, RequestFacts? facts = null, ClientFormat format = ClientFormat.Chat, Guid? callId = null)
        => (await Should.ThrowAsync<GatewayErrorException>(() => AdmitAsync(secret, facts, format, callId))).Error;

    /// <summary>Once somebody waits for it.</summary>
    private async Task PassASecondAsync()
    {
        TimeSpan started;
        do
        {
            started = await _clock.Started.ReadAsync(TestContext.Current.CancellationToken);
        }
        while (started != TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(1));
    }
}
