using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Audit;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Edge;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Tests.Journal;
using Tests.TestKit;
using Xunit;

namespace Tests.Edge;

/// <summary>A call through the Edge alone: the ledger and the router are scripted.</summary>
public sealed class CallPipelineTests
{
    private static readonly DispatchHead Json = new() { Provider = "p", UpstreamModel = "modèle", Attempts = 1 };
    private static readonly DispatchHead Stream = Json with { ContentType = "text/event-stream; charset=utf-8" };
    private static readonly GatewayError Broken = new(GatewayErrorKind.UpstreamFailed, "upstream_error", "It broke.");

    private readonly FakeLedger _ledger = new();
    private readonly CollectedAudit _audit = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_WhenItGoesWell_IsAnsweredAndAccountedFor()
    {
        await using var app = await StartAsync(new ScriptedDispatch(Json, "{\"a\"", ":1}"));

        using var response = await CallAsync(app);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldBe("{\"a\":1}");
        response.Headers.GetValues("x-gateway-provider").Single().ShouldBe("p");
        response.Headers.GetValues("x-gateway-model").Single().ShouldBe("mod%C3%A8le");
        response.Headers.GetValues("x-gateway-attempts").Single().ShouldBe("1");
        var record = await RecordAsync();
        record.StatusCode.ShouldBe(200);
        record.ErrorCode.ShouldBeNull();
        record.Usage.Output.ShouldBe(2);
        record.RequestId.ShouldBe(response.Headers.GetValues("x-request-id").Single());
        _ledger.Settlements.ShouldHaveSingleItem().Cost.Value.ShouldBe(20);
    }

    [Fact]
    public async Task Call_WhenThereIsNoAnswer_HasAStatusOfItsOwnAndIsAccountedFor()
    {
        var head = new DispatchHead { Error = GatewayError.ModelNotFound("x") };
        await using var app = await StartAsync(new ScriptedDispatch(head) { Error = head.Error });

        using var response = await CallAsync(app);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await RecordAsync()).StatusCode.ShouldBe(404);
    }

    [Theory]
    [InlineData(GatewayErrorKind.RateLimited, "rate_limit_exceeded", 429)]
    [InlineData(GatewayErrorKind.BudgetExceeded, "budget_exceeded", 429)]
    [InlineData(GatewayErrorKind.NotAllowed, "model_not_allowed", 403)]
    public async Task Call_WhenItsKeyIsRefused_HasARecordAndNothingToSettle(GatewayErrorKind kind, string code, int status)
    {
        _ledger.Refusal = Admission.Refused(new GatewayError(kind, code, "No more.")) with { RefusedKey = FakeLedger.Key };
        await using var app = await StartAsync(new ScriptedDispatch(Json));

        using var response = await CallAsync(app);

        ((int)response.StatusCode).ShouldBe(status);
        var record = await RecordAsync();
        (record.KeyId, record.StatusCode, record.ErrorCode, record.Cost, record.RequestedModel)
            .ShouldBe((FakeLedger.Key.KeyId, status, code, NanoUsd.Zero, "m"));
        _ledger.Refusal = null;
        (await CallAsync(app)).Dispose();
        await TimeLimit.PollAsync<object>("the settlement of the call behind it", _ => Task.FromResult<object?>(_ledger.Settlements.IsEmpty ? null : _ledger));
        _ledger.Settlements.ShouldHaveSingleItem().CallId.ShouldNotBe(record.Id);
    }

    [Fact]
    public async Task Call_WhenItsKeyMayNotCallAtAll_HasNoRecord()
    {
        _ledger.Refusal = Admission.Refused(GatewayError.InvalidKey());
        await using var app = await StartAsync(new ScriptedDispatch(Json));
        using var refused = await CallAsync(app);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        _ledger.Refusal = null;
        using var answered = await CallAsync(app);

        (await RecordAsync()).StatusCode.ShouldBe(200);
    }

    [Fact]
    public async Task Call_WhenAServiceIsAway_IsOneLineOfTheLogWithoutAStack()
    {
        var log = new CollectedLog();
        var router = new ScriptedRouter(_ => throw new GatewayErrorException(GatewayError.Unavailable("It is away."), new IOException("Connection refused.")));
        await using var app = await StartAsync(router, log);

        using var response = await CallAsync(app);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        log.Lines.Where(line => line.Text.Contains("away", StringComparison.Ordinal))
            .ShouldHaveSingleItem().ShouldBe((LogLevel.Warning, "A call was refused: It is away. (Connection refused.)"));
    }

    [Fact]
    public async Task Stream_WhenItBreaksOff_EndsWithOneErrorEvent()
    {
        await using var app = await StartAsync(new ScriptedDispatch(Stream, "data: {}\n\n") { Error = Broken });

        using var response = await CallAsync(app);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var events = (await response.Content.ReadAsStringAsync(Cancelled)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        events.Length.ShouldBe(2);
        JsonNode.Parse(events[1]["data: ".Length..])!["error"]!["code"]!.GetValue<string>().ShouldBe("upstream_error");
        (await RecordAsync()).ErrorCode.ShouldBe("upstream_error");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Answer_WhenItBreaksOffBeforeItsFirstByte_IsAStatus(bool stream)
    {
        await using var app = await StartAsync(new ScriptedDispatch(stream ? Stream : Json) { Error = Broken });

        using var response = await CallAsync(app);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await RecordAsync()).StatusCode.ShouldBe(502);
    }

    [Fact]
    public async Task Answer_WhenItIsNoStreamAndBreaksOff_IsNotTakenForWhole()
    {
        await using var app = await StartAsync(new ScriptedDispatch(Json, "{\"a\":") { Error = Broken });

        await Should.ThrowAsync<HttpRequestException>(async () =>
        {
            using var response = await CallAsync(app);
            await response.Content.ReadAsStringAsync(Cancelled);
        });

        (await RecordAsync()).ErrorCode.ShouldBe("upstream_error");
    }

    [Fact]
    public async Task Call_WhenTheClientLeaves_IsStoppedAndAccountedForWithWhatWasUsed()
    {
        var dispatch = new ScriptedDispatch(Stream, "data: {}\n\n", "data: {}\n\n") { Stalls = true };
        await using var app = await StartAsync(dispatch);

        using (var response = await CallAsync(app))
        {
            using var stream = await response.Content.ReadAsStreamAsync(Cancelled);
            (await stream.ReadAsync(new byte[1], Cancelled)).ShouldBe(1);
        }

        await dispatch.Disposed.Task.WaitAsync(Cancelled);
        var record = await RecordAsync();
        record.StatusCode.ShouldBe(499);
        record.ErrorCode.ShouldBe("client_closed_request");
        record.UsageSource.ShouldBe(UsageSource.Partial);
        record.Usage.Output.ShouldBe(2);
        _ledger.Settlements.ShouldHaveSingleItem().Cost.Value.ShouldBe(20);
    }

    [Fact]
    public async Task Call_WhenOurOwnCodeFails_IsA500AndAccountedFor()
    {
        await using var app = await StartAsync(new ScriptedDispatch(Json) { Throws = true });

        using var response = await CallAsync(app);

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await RecordAsync()).ErrorCode.ShouldBe("internal_error");
    }

    [Theory]
    [InlineData("{\"messages\":[]}", 400, "missing_required_parameter")]
    [InlineData("{\"model\":\"\",\"messages\":[]}", 400, "missing_required_parameter")]
    [InlineData("not json", 400, "invalid_json")]
    [InlineData("{\"model\":\"a\",\"model\":\"b\",\"messages\":[]}", 400, "duplicate_key")]
    public async Task Call_WhenTheRequestIsWrong_IsRefusedBeforeAnyoneIsAsked(string body, int status, string code)
    {
        var router = new ScriptedRouter(_ => new ScriptedDispatch(Json));
        await using var app = await StartAsync(router);

        using var response = await CallAsync(app, body);

        ((int)response.StatusCode).ShouldBe(status);
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!["error"]!["code"]!.GetValue<string>().ShouldBe(code);
        router.Request.ShouldBeNull();
    }

    [Fact]
    public async Task Call_WhenTheBodyIsTooLarge_IsRefusedInTheFormat()
    {
        await using var app = await StartAsync(new ScriptedDispatch(Json));

        using var response = await CallAsync(app, $"{{\"model\":\"m\",\"messages\":[\"{new string('x', 33 << 20)}\"]}}");

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!["error"]!["code"]!.GetValue<string>().ShouldBe("request_too_large");
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("wrong", HttpStatusCode.Unauthorized)]
    [InlineData("virtual", HttpStatusCode.Forbidden)]
    [InlineData("right", HttpStatusCode.NotFound)]
    public async Task Admin_WhenAsked_IsForAdministratorsAlone(string? key, HttpStatusCode expected)
    {
        await using var app = await StartAsync(new ScriptedDispatch(Json));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/none");
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {(key == "virtual" ? VirtualKeySecret.Create() : key)}");
        }

        using var response = await app.Client.SendAsync(request, Cancelled);

        response.StatusCode.ShouldBe(expected);
        _audit.Events.Select(entry => entry.StatusCode).ShouldBe(key == "right" ? [] : [(int)expected]);
    }

    private Task<LoopbackApp> StartAsync(Dispatch dispatch) => StartAsync(new ScriptedRouter(_ => dispatch));

    private Task<LoopbackApp> StartAsync(ScriptedRouter router, CollectedLog? log = null) => LoopbackApp.StartAsync(
        builder =>
        {
            if (log is not null)
            {
                builder.Services.AddSingleton<ILoggerFactory>(log);
            }

            builder.Services.AddSingleton<IKeyLedger>(_ledger);
            builder.Services.AddSingleton<IUsageLog>(_ledger);
            builder.Services.AddSingleton<Gateway.Contracts.Contents.IContentLog, NoContents>();
            builder.Services.AddSingleton<IModelRouter>(router);
            builder.Services.AddSingleton<IAuditLog>(_audit);
            builder.AddEdge();
        },
        app => app.MapEdge());

    private static Task<HttpResponseMessage> CallAsync(LoopbackApp app, string body = "{\"model\":\"m\",\"messages\":[]}")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {VirtualKeySecret.Create()}");
        request.Headers.ExpectContinue = body.Length > 1 << 20;
        return app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
    }

    private async Task<CallRecord> RecordAsync()
    {
        await _ledger.Arrived.Task.WaitAsync(Cancelled);
        return _ledger.Records.ShouldHaveSingleItem();
    }
}
