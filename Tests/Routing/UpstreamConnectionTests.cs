using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Edge.Calls;
using Gateway.Simulator.Faults;
using Gateway.Simulator.Listeners;
using Gateway.Simulator.Scripts;
using Microsoft.Extensions.Options;
using RoutingService.Providers;
using RoutingService.Providers.OpenAICompatible;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using RoutingService.Upstream;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Routing;

/// <summary>When a connection is used again, when it is not, and what is known of an exchange that it was lost in.</summary>
public sealed class UpstreamConnectionTests : AdapterTest
{
    private readonly List<UpstreamHttp> _clients = [];

    private IReadOnlyList<string> Connections => [.. Simulator.Requests.Select(request => request.ConnectionId).Distinct()];

    [Fact]
    public async Task Connection_WhenItsAnswersAreInOrder_IsUsedAgain()
    {
        var adapter = CreateAdapter();

        await AnswerAsync(adapter, "m");
        await AnswerAsync(adapter, "m");

        Connections.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Connection_WhenItsLifeIsOver_IsReplaced()
    {
        var adapter = CreateAdapter(new UpstreamOptions { ConnectionLifetimeSeconds = 1 });
        await AnswerAsync(adapter, "m");

        await TimeLimit.PollAsync("a second connection", async _ =>
        {
            await AnswerAsync(adapter, "m");
            return Connections.Count > 1 ? Connections : null;
        });
    }

    [Theory]
    [InlineData("u47", false)]
    [InlineData("u47", true)]
    [InlineData("u48", false)]
    [InlineData("u48", true)]
    public async Task Connection_WhenTheEndOfAnAnswerIsInDoubt_IsNotUsedAgain(string fault, bool stream)
    {
        var adapter = CreateAdapter();
        await AnswerAsync(adapter, $"fault-{fault}", stream);

        // Many at once, so that some wait for a connection and would be given the one that has become free.
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            if (number % 4 == 0)
            {
                await AnswerAsync(adapter, $"fault-{fault}", stream);
            }
            else
            {
                (await AnswerAsync(adapter, "m")).ShouldContain("simulator");
            }
        }));

        var doubtful = Simulator.Requests.Where(request => request.Model == $"fault-{fault}").Select(request => request.ConnectionId).ToList();
        foreach (var connection in doubtful)
        {
            Simulator.Requests.Last(request => request.ConnectionId == connection).Model.ShouldBe($"fault-{fault}");
        }
    }

    [Theory]
    [InlineData("u08")]
    [InlineData("u08-fin")]
    public async Task Failure_WhenAReusedConnectionIsLostBeforeAnAnswer_SaysSo(string fault)
    {
        var adapter = CreateAdapter();
        await AnswerAsync(adapter, "m");

        var first = await FailAsync(adapter, $"fault-{fault}");

        first.ReusedConnection.ShouldBeTrue();
        first.IsAmbiguous.ShouldBeTrue();
        first.Phase.ShouldBe(UpstreamPhase.Headers);
        first.Blame.ShouldBe(UpstreamBlame.TargetFault);
        first.Status.ShouldBeNull();

        // The same again finds a new connection, and an answer.
        await AnswerAsync(adapter, $"fault-{fault}");
    }

    [Theory]
    [InlineData("u07")]
    [InlineData("u07-fin")]
    public async Task Failure_WhenANewConnectionIsLostBeforeAnAnswer_IsAmbiguous(string fault)
    {
        var failure = await FailAsync(CreateAdapter(), $"fault-{fault}");

        failure.ReusedConnection.ShouldBeFalse();
        failure.IsAmbiguous.ShouldBeTrue();
        failure.MayHaveCost.ShouldBeTrue();
        failure.Error.ShouldRetry.ShouldBe(false);
    }

    [Fact]
    public async Task Failure_WhenTheStatusLineIsGarbage_IsNoSignOfAStaleConnection()
    {
        var adapter = CreateAdapter();
        await AnswerAsync(adapter, "m");

        var failure = await FailAsync(adapter, "fault-u46");

        failure.ReusedConnection.ShouldBeFalse();
        failure.Error.Code.ShouldBe("upstream_error");
    }

    [Theory]
    [InlineData("u01", UpstreamPhase.Connect, GatewayErrorKind.Unavailable)]
    [InlineData("u02", UpstreamPhase.Connect, GatewayErrorKind.Unavailable)]
    [InlineData("u05", UpstreamPhase.Tls, GatewayErrorKind.UpstreamFailed)]
    [InlineData("u05-expired", UpstreamPhase.Tls, GatewayErrorKind.UpstreamFailed)]
    [InlineData("u05-wrong-host", UpstreamPhase.Tls, GatewayErrorKind.UpstreamFailed)]
    [InlineData("u06", UpstreamPhase.Tls, GatewayErrorKind.Unavailable)]
    internal async Task Failure_WhenThereIsNoConnection_NamesItsPhase(string listener, UpstreamPhase phase, GatewayErrorKind kind)
    {
        await using var broken = BrokenListener.Start(listener);

        // Of two nothing is heard; the others are heard of, however slow the machine is.
        var failure = await FailAsync(CreateAdapter(new UpstreamOptions { ConnectSeconds = listener is "u02" or "u06" ? 2 : 30 }), "m", broken.BaseAddress);

        failure.Phase.ShouldBe(phase);
        failure.Error.Kind.ShouldBe(kind);
        failure.IsAmbiguous.ShouldBeFalse();
        failure.MayHaveCost.ShouldBeFalse();
    }

    [Fact]
    public async Task Failure_WhenTheNameIsUnknown_IsOfDns()
    {
        var failure = await FailAsync(CreateAdapter(), "m", new Uri("http://nothing.invalid/"));

        failure.Phase.ShouldBe(UpstreamPhase.Dns);
        failure.Error.Kind.ShouldBe(GatewayErrorKind.Unavailable);
    }

    [Fact]
    public async Task Request_WhenItIsAnsweredBeforeItIsSent_HasThatAnswer()
    {
        var adapter = CreateAdapter();
        for (var i = 0; i < 5; i++)
        {
            var failure = await FailAsync(adapter, "fault-u61", promptBytes: 16 << 20);

            failure.Status.ShouldBe(413);
            failure.Blame.ShouldBe(UpstreamBlame.ClientFault);
        }
    }

    [Theory]
    [InlineData("fault-u21", false, 0.5, null, UpstreamPhase.Headers)]
    [InlineData("fault-u21", true, null, 0.5, UpstreamPhase.Headers)]
    [InlineData("fault-u22", false, 3.0, null, UpstreamPhase.Body)]
    internal async Task Timeouts_OfATarget_GoBeforeThoseOfAll(string model, bool stream, double? whole, double? headers, UpstreamPhase phase)
    {
        var failure = await FailAsync(CreateAdapter(), model, stream: stream, timeouts: new UpstreamTimeouts(Headers: headers, WholeAnswer: whole));

        failure.Blame.ShouldBe(UpstreamBlame.Timeout);
        failure.Phase.ShouldBe(phase);
        failure.IsAmbiguous.ShouldBe(phase == UpstreamPhase.Headers);
    }

    [Fact]
    public async Task Timeouts_WhenNoEventComes_NameTheFirstOne()
    {
        var failure = await FailAsync(CreateAdapter(), "fault-u22", stream: true, timeouts: new UpstreamTimeouts(FirstEvent: 0.2));

        (failure.Phase, failure.Blame, failure.Status).ShouldBe((UpstreamPhase.FirstEvent, UpstreamBlame.Timeout, 200));
    }

    [Theory]
    [InlineData("idle")]
    [InlineData("total")]
    [InlineData("content")]
    public async Task Stream_WhenALimitIsReached_EndsWithATimeout(string limit)
    {
        var options = limit == "content" ? new UpstreamOptions { ContentIdleSeconds = 2 } : new UpstreamOptions();
        Simulator.Script("stalls", FaultCatalog.Get("u24") with { PingEveryMs = limit == "idle" ? 0 : 50 });
        var timeouts = limit switch
        {
            "idle" => new UpstreamTimeouts(Idle: 2),
            "total" => new UpstreamTimeouts(Total: 3),
            _ => null,
        };

        var adapter = CreateAdapter(options);
        await using var answer = await adapter.SendAsync(Call(adapter, "stalls", stream: true, Simulator.BaseAddress, timeouts), Cancelled);
        var text = Encoding.UTF8.GetString(await ReadToEndAsync(answer));

        text.ShouldContain(" simulator");
        var failure = answer.Failure.ShouldNotBeNull();
        (failure.Phase, failure.Blame).ShouldBe((UpstreamPhase.Body, UpstreamBlame.Timeout));
    }

    [Fact]
    public async Task Stream_WhenTheClientReadsSlowly_IsReadAtItsPace()
    {
        var adapter = CreateAdapter();
        await using var answer = await adapter.SendAsync(Call(adapter, "fault-u64", stream: true, Simulator.BaseAddress), Cancelled);
        var first = await answer.ReadAsync(Cancelled);
        var request = Simulator.Requests.ShouldHaveSingleItem();

        // What the kernels hold, and no more: nobody reads.
        var sent = await TimeLimit.PollAsync("the provider to be held up", async _ =>
        {
            var before = request.BytesSent;
            await Task.Delay(TimeSpan.FromMilliseconds(300), Cancelled);
            return before == request.BytesSent ? new { Bytes = before } : null;
        });

        sent.Bytes.ShouldBeLessThan(19_000_000);
        var rest = await ReadToEndAsync(answer);
        answer.Failure.ShouldBeNull();
        (first.Length + rest.Length).ShouldBeGreaterThan(20_000_000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_WhenItIsCompressedUnasked_IsReadUpToTheCap(bool stream)
    {
        var options = new UpstreamOptions { MaxAnswerMegabytes = 2 };
        var adapter = CreateAdapter(options);

        (await AnswerAsync(adapter, "fault-u62", stream)).ShouldContain("simulator");
        if (!stream)
        {
            (await FailAsync(adapter, "fault-u62-bomb")).Detail.ShouldBe("answer_too_long");
        }
    }

    [Fact]
    public async Task Answer_WhenItsEncodingIsUnknown_IsAFailure()
    {
        Simulator.Script("odd", new Answer { Headers = new Dictionary<string, string> { ["content-encoding"] = "sdch" } });

        (await FailAsync(CreateAdapter(), "odd")).Error.Code.ShouldBe("upstream_error");
    }

    protected override ValueTask EndAsync()
    {
        _clients.ForEach(client => client.Dispose());
        return ValueTask.CompletedTask;
    }

    private OpenAICompatibleAdapter CreateAdapter(UpstreamOptions? options = null)
    {
        var settings = Options.Create(options ?? new UpstreamOptions());
        var http = new UpstreamHttp(settings);
        _clients.Add(http);
        return new OpenAICompatibleAdapter(http, settings, TimeProvider.System);
    }

    private async Task<string> AnswerAsync(OpenAICompatibleAdapter adapter, string model, bool stream = false)
    {
        await using var answer = await adapter.SendAsync(Call(adapter, model, stream, Simulator.BaseAddress), Cancelled);
        var text = Encoding.UTF8.GetString(await ReadToEndAsync(answer));
        answer.Failure.ShouldBeNull();
        return text;
    }

    private async Task<UpstreamFailure> FailAsync(
        OpenAICompatibleAdapter adapter, string model, Uri? address = null, bool stream = false, UpstreamTimeouts? timeouts = null, int promptBytes = 0)
        => (await Should.ThrowAsync<UpstreamException>(() => adapter.SendAsync(Call(adapter, model, stream, address ?? Simulator.BaseAddress, timeouts, promptBytes), Cancelled))).Failure;

    private static ProviderCall Call(
        IProviderAdapter adapter, string model, bool stream, Uri address, UpstreamTimeouts? timeouts = null, int promptBytes = 0)
    {
        var body = Body(stream, $",\"user\":\"{new string('x', promptBytes)}\"");
        var request = new DispatchRequest
        {
            CallId = Guid.NewGuid(),
            KeyId = Guid.NewGuid(),
            Format = ClientFormat.Chat,
            Facts = FactsReader.Read(ClientFormats.Of(ClientFormat.Chat), body),
            BodyLength = body.Length,
        };
        var provider = new ProviderTarget("upstream", adapter, new Uri(address, "v1/"), IsLocal: true, new ProviderCredential(Key));
        return new ProviderCall(request, body, new Target(provider, model)) { Timeouts = timeouts };
    }
}
