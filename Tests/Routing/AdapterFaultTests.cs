using System.Net;
using System.Net.Sockets;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Usage;
using Gateway.Simulator;
using Gateway.Simulator.Faults;
using Gateway.Simulator.Scripts;
using RoutingService.Upstream;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Routing;

/// <summary>The rows of the fault matrix that an upstream can show.</summary>
public sealed class AdapterFaultTests : AdapterTest
{
    private static readonly UpstreamOptions Impatient = new() { ConnectSeconds = 10, HeadersSeconds = 1, FirstEventSeconds = 1, WholeAnswerSeconds = 1, IdleSeconds = 1 };

    /// <summary>A busy machine stops anybody for a second.</summary>
    private static readonly UpstreamOptions Idle = new() { ConnectSeconds = 10, HeadersSeconds = 30, FirstEventSeconds = 30, WholeAnswerSeconds = 30, IdleSeconds = 3 };

    [Theory]
    [InlineData("u07", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u07-fin", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u13", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u13-reset", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u14", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u14-cut", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u14-empty", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u28", GatewayErrorKind.UpstreamFailed, "upstream_auth")]
    [InlineData("u29", GatewayErrorKind.UpstreamFailed, "upstream_model_not_found")]
    [InlineData("u30", GatewayErrorKind.UpstreamFailed, "upstream_model_not_found")]
    [InlineData("u35", GatewayErrorKind.UpstreamRateLimited, "upstream_rate_limited")]
    [InlineData("u38", GatewayErrorKind.UpstreamFailed, "upstream_quota")]
    [InlineData("u39", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u40", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u40-502", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u40-504", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u41", GatewayErrorKind.Unavailable, "service_unavailable")]
    [InlineData("u42", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u43", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u43-empty", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u43-10mb", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u44", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u44-204", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u44-206", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u44-999", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u44-1xx", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u45", GatewayErrorKind.UpstreamFailed, "upstream_redirect")]
    [InlineData("u45-301", GatewayErrorKind.UpstreamFailed, "upstream_redirect")]
    [InlineData("u45-302", GatewayErrorKind.UpstreamFailed, "upstream_redirect")]
    [InlineData("u45-303", GatewayErrorKind.UpstreamFailed, "upstream_redirect")]
    [InlineData("u45-308", GatewayErrorKind.UpstreamFailed, "upstream_redirect")]
    [InlineData("u46", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    [InlineData("u46-headers", GatewayErrorKind.UpstreamFailed, "upstream_error")]
    public async Task Send_WhenTheUpstreamFails_GivesItsKindWithAndWithoutAStream(string fault, GatewayErrorKind kind, string code)
    {
        foreach (var stream in new[] { false, true })
        {
            if (stream && fault.StartsWith("u13", StringComparison.Ordinal))
            {
                continue;
            }

            var error = (await RunAsync($"fault-{fault}", stream)).Refusal.ShouldNotBeNull();

            error.Kind.ShouldBe(kind);
            error.Code.ShouldBe(code);
            error.Message.ShouldNotContain(Key);
            error.Message.ShouldNotContain("sk-sim");
            error.Message.Length.ShouldBeLessThan(700);
        }
    }

    [Theory]
    [InlineData("u09")]
    [InlineData("u10")]
    [InlineData("u11")]
    [InlineData("u15-many")]
    [InlineData("u56")]
    public async Task Stream_WhenItBreaksOff_EndsWithAnErrorAndAnEstimateOfWhatCame(string fault)
    {
        // With a pause between them, the first events are on their way before the fault can be seen.
        Simulator.Script("broken", FaultCatalog.Get(fault) with { DelayBetweenChunksMs = 5 });

        var exchange = await RunAsync("broken", stream: true);

        exchange.Refusal.ShouldBeNull();
        exchange.Broken.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
        exchange.Text.ShouldNotContain("[DONE]");
        exchange.Text.ShouldNotContain("\"error\"");
        exchange.Text.ShouldEndWith("\n\n");
        exchange.Source.ShouldBe(UsageSource.Estimated);
        exchange.Usage.Input.ShouldBeGreaterThan(0);
        exchange.Usage.Output.ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task Stream_WhenOneLineHasNoEnd_IsCutBeforeItFillsTheMemory()
    {
        var exchange = await RunAsync("fault-u19", stream: true);

        exchange.Broken.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
        exchange.Text.Length.ShouldBeLessThan(10_000);
    }

    [Theory]
    [InlineData("u12")]
    [InlineData("u16")]
    [InlineData("u18")]
    [InlineData("u54")]
    [InlineData("u54-data")]
    public async Task Stream_WhenItIsOddButWhole_EndsWellAndOnce(string fault)
    {
        var exchange = await RunAsync($"fault-{fault}", stream: true);

        exchange.Refusal.ShouldBeNull();
        exchange.Broken.ShouldBeNull();
        exchange.Source.ShouldBe(UsageSource.Provider);
        exchange.Text.ShouldEndWith("data: [DONE]\n\n");
        exchange.Text.IndexOf("[DONE]", StringComparison.Ordinal).ShouldBe(exchange.Text.LastIndexOf("[DONE]", StringComparison.Ordinal));
        exchange.Text.ShouldNotContain("late");
    }

    [Fact]
    public async Task Stream_WhenOneEventIsMalformed_GoesOnWithoutIt()
    {
        var exchange = await RunAsync("fault-u15", stream: true);
        var whole = await RunAsync("m", stream: true);

        exchange.Broken.ShouldBeNull();
        exchange.Source.ShouldBe(UsageSource.Provider);
        exchange.Text.Split("\n\n").Length.ShouldBe(whole.Text.Split("\n\n").Length);
        exchange.Usage.ShouldBe(whole.Usage);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Answer_WhenItReportsNoUsage_IsEstimatedAndNeverFree(bool stream)
    {
        var exchange = await RunAsync("fault-u49", stream);

        exchange.Broken.ShouldBeNull();
        exchange.Source.ShouldBe(UsageSource.Estimated);
        exchange.Usage.Input.ShouldBeGreaterThan(0);
        exchange.Usage.Output.ShouldBeGreaterThan(20);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":"1","completion_tokens":2}""")]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":2}""")]
    [InlineData("""{"total_tokens":2}""")]
    [InlineData("null")]
    public async Task Answer_WhenItsUsageMakesNoSense_IsEstimated(string usage)
    {
        Simulator.Script("odd", new Answer { Body = $$"""{"choices":[{"message":{"content":"12345678"},"finish_reason":"stop"}],"usage":{{usage}} }""" });

        var exchange = await RunAsync("odd", stream: false);

        exchange.Source.ShouldBe(UsageSource.Estimated);
        exchange.Usage.Output.ShouldBe(2);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("""{"error":{"message":"broken"}}""")]
    public async Task Answer_WhenItIsNoCompletionWithStatus200_IsAFailure(string body)
    {
        Simulator.Script("odd", new Answer { Body = body });

        (await RunAsync("odd", stream: false)).Refusal.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
    }

    [Theory]
    [InlineData("u21", true)]
    [InlineData("u21", false)]
    [InlineData("u22", true)]
    public async Task Send_WhenTheUpstreamStallsBeforeAnAnswer_TimesOut(string fault, bool stream)
        => (await RunAsync($"fault-{fault}", stream, Impatient)).Refusal.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.UpstreamTimeout);

    [Fact]
    public async Task Stream_WhenItStalls_EndsWithATimeout()
    {
        var exchange = await RunAsync("fault-u23", stream: true, Idle);

        exchange.Broken.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.UpstreamTimeout);
        exchange.Source.ShouldBe(UsageSource.Estimated);
        exchange.Usage.Output.ShouldBeGreaterThanOrEqualTo(10);
    }

    [Fact]
    public async Task Stream_WhenTheGapsAreShorterThanTheLimit_IsReadToItsEnd()
    {
        // All of them together are longer.
        Simulator.Script("slow", FaultCatalog.Get("u20") with { DelayBetweenChunksMs = 400 });

        (await RunAsync("slow", stream: true, Idle)).Broken.ShouldBeNull();
    }

    [Fact]
    public async Task Stream_WhenTheClientReadsSlowly_IsNoTimeoutOfTheUpstream()
    {
        await using var answer = await SendAsync("m", Body(stream: true), Idle);
        (await answer.ReadAsync(Cancelled)).IsEmpty.ShouldBeFalse();

        await Task.Delay(TimeSpan.FromSeconds(Idle.IdleSeconds + 0.2), Cancelled);

        while (!(await answer.ReadAsync(Cancelled)).IsEmpty)
        {
        }

        answer.Error.ShouldBeNull();
        answer.Usage.Source.ShouldBe(UsageSource.Provider);
    }

    [Fact]
    public async Task Stream_WhenTheFirstEventIsAnError_NeverBegins()
        => (await RunAsync("fault-u55", stream: true)).Refusal.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);

    [Fact]
    public async Task Stream_WhenTheChunksAreNotHttp_Fails()
    {
        var exchange = await RunAsync("fault-u46-chunks", stream: true);

        (exchange.Refusal ?? exchange.Broken).ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
    }

    [Fact]
    public async Task Stream_WhenTheAnswerIsNone_Fails()
    {
        Simulator.Script("json", new Answer { Body = """{"choices":[]}""" });
        Simulator.Script("sse", new Answer { Body = "data: {}\n\ndata: [DONE]\n\n", Headers = new Dictionary<string, string> { ["content-type"] = "text/event-stream" } });

        (await RunAsync("json", stream: true)).Refusal.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
        (await RunAsync("sse", stream: false)).Refusal.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
    }

    [Theory]
    [InlineData(400, "context_length_exceeded")]
    [InlineData(422, "odd_value")]
    [InlineData(413, "too_large")]
    public async Task Send_WhenTheRequestIsAtFault_PassesTheVendorsWordsOn(int status, string code)
    {
        Simulator.Script("bad", new Answer { Status = status, ErrorMessage = $"Your key {Key} is fine, the request is not.", ErrorCode = code });

        var error = (await RunAsync("bad", stream: false)).Refusal.ShouldNotBeNull();

        error.Kind.ShouldBe(GatewayErrorKind.UpstreamRejected);
        error.Code.ShouldBe(code);
        error.UpstreamStatus.ShouldBe(status);
        error.Message.ShouldBe("Your key *** is fine, the request is not.");
    }

    [Theory]
    [InlineData("retry-after", "2", 2000d)]
    [InlineData("retry-after", "1.5", 1500d)]
    [InlineData("retry-after-ms", "1500", 1500d)]
    [InlineData("retry-after-ms", "1500.5", 1500.5)]
    [InlineData("retry-after", "Thu, 01 Jan 1970 00:01:00 GMT", 60_000d)]
    [InlineData("retry-after", "Thu, 01 Jan 2099 00:01:00 GMT", 600_000d)]
    [InlineData("retry-after", "315360000", 600_000d)]
    [InlineData("retry-after", "99999999999", 600_000d)]
    [InlineData("retry-after", "Wed, 21 Oct 1969 07:28:00 GMT", null)]
    [InlineData("retry-after", "0", null)]
    [InlineData("retry-after", "-5", null)]
    [InlineData("retry-after", "soon", null)]
    [InlineData("retry-after", "NaN", null)]
    [InlineData("retry-after", "Infinity", null)]
    [InlineData("retry-after", "-Infinity", null)]
    [InlineData("retry-after", "1e3", null)]
    [InlineData("retry-after", "", null)]
    [InlineData("retry-after-ms", "-1", null)]
    public async Task RetryAfter_WhenSpelledInAnyWay_IsATimeOrNone(string name, string value, double? expectedMs)
    {
        Simulator.Script("busy", new Answer { Status = 429, Headers = new Dictionary<string, string> { [name] = value } });

        var error = (await RunAsync("busy", stream: false)).Refusal.ShouldNotBeNull();

        error.Kind.ShouldBe(GatewayErrorKind.UpstreamRateLimited);
        (error.RetryAfter?.TotalMilliseconds).ShouldBe(expectedMs);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Send_WhenRedirectedToAnotherHost_NeitherFollowsNorSendsTheKeyOn(int status)
    {
        await using var elsewhere = await SimulatorServer.StartAsync(cancellationToken: Cancelled);
        Simulator.Script("moved", new Answer
        {
            Status = status,
            Body = "",
            Headers = new Dictionary<string, string> { ["location"] = new Uri(elsewhere.BaseAddress, "v1/chat/completions").AbsoluteUri },
        });

        (await RunAsync("moved", stream: false)).Refusal.ShouldNotBeNull().Code.ShouldBe("upstream_redirect");

        elsewhere.Requests.ShouldBeEmpty();
        Simulator.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    public async Task Send_WhenTheAddressIsPrivateAndTheProviderNotLocal_ConnectsToNothing(string host)
    {
        var url = new Uri($"http://{host}:{Simulator.BaseAddress.Port}/v1");

        (await RunAsync("m", stream: false, baseUrl: url, isLocal: false)).Refusal.ShouldNotBeNull().Code.ShouldBe("upstream_address_refused");

        Simulator.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_WhenNobodyListens_IsUnavailable()
    {
        (await RunAsync("m", stream: false, baseUrl: new Uri($"{Ports.NextUrl()}/v1"))).Refusal.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.Unavailable);
        (await RunAsync("m", stream: false, baseUrl: new Uri("http://nowhere.invalid/v1"))).Refusal.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.Unavailable);
    }

    [Fact]
    public async Task Send_WhenTheConnectionIsNeverTaken_IsUnavailableAfterTheConnectTimeout()
    {
        // A queue of connections that is full and that nobody empties: further ones get no answer at all.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var fillers = Enumerable.Range(0, 4).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false }).ToList();
        foreach (var filler in fillers)
        {
            try
            {
                filler.Connect(listener.LocalEndPoint!);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // It goes on without us.
            }
        }

        var options = new UpstreamOptions { ConnectSeconds = 1, HeadersSeconds = 30, FirstEventSeconds = 30, WholeAnswerSeconds = 30 };
        var exchange = await RunAsync("m", stream: false, options, new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}/v1"));

        exchange.Refusal.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.Unavailable);
        fillers.ForEach(filler => filler.Dispose());
    }

    [Fact]
    public async Task Stream_WhenTheClientLeaves_StopsTheUpstreamAndCountsWhatCame()
    {
        Simulator.Script("slow", new Answer { DelayBetweenChunksMs = 10 , Tokens = 10_000 });
        var answer = await SendAsync("slow", Body(stream: true));
        for (var i = 0; i < 5; i++)
        {
            (await answer.ReadAsync(Cancelled)).IsEmpty.ShouldBeFalse();
        }

        var (usage, source) = answer.Usage;
        await answer.DisposeAsync();

        source.ShouldBe(UsageSource.Estimated);
        usage.Output.ShouldBeGreaterThanOrEqualTo(3);
        usage.Output.ShouldBeLessThan(1000);
        var request = Simulator.Requests.ShouldHaveSingleItem();
        await request.Completion.WaitAsync(TimeLimit.Token());
        request.CallerAborted.ShouldBeTrue();
    }

    [Fact]
    public async Task Send_WhenTheClientLeavesBeforeTheAnswer_StopsTheUpstreamAndIsNoFailureOfIt()
    {
        using var client = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var sending = SendAsync("fault-u21", Body(), cancellationToken: client.Token);
        var request = await Simulator.WaitForRequestAsync(_ => true, Cancelled);

        await client.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => sending);
        await request.Completion.WaitAsync(TimeLimit.Token());
        request.CallerAborted.ShouldBeTrue();
    }

    [Fact]
    public async Task Answer_WhenItIsLargerThanAllowed_IsRefused()
    {
        Simulator.Script("large", new Answer { Body = $$"""{"choices":["{{new string('x', 2 << 20)}}"]}""" });
        var options = new UpstreamOptions { MaxAnswerMegabytes = 1 };

        (await RunAsync("large", stream: false, options)).Refusal.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
    }
}
