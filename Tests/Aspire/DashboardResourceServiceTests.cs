using System.Buffers.Binary;
using System.Net;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.ResourceService;
using Aspire.Hosting.Dashboard.ResourceService.Messages;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using HealthStatus = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;

namespace Tests.Aspire;

public sealed class DashboardResourceServiceTests : IAsyncLifetime
{
    private const string Key = "resource-service-key";

    private readonly DashboardTestModel _model = new();
    private readonly HttpClient _client = new();
    private ResourceServiceHost _host = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var calls = new ResourceServiceCalls("Shop", Key, _model.Notifications, _model.ConsoleLogs, NullLogger.Instance);
        _host = await ResourceServiceHost.StartAsync(calls, port: 0, NullLoggerFactory.Instance, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task GetApplicationInformation_AnswersTheNameAndAStatusTrailer()
    {
        using var response = await CallAsync("GetApplicationInformation", new ApplicationInformationRequest());

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/grpc");
        var body = await response.Content.ReadAsStreamAsync(Cancelled);
        (await ReadAsync(body, ApplicationInformationResponse.Parser)).ApplicationName.ShouldBe("Shop");
        body.ReadByte().ShouldBe(-1);
        response.Headers.Contains("grpc-status").ShouldBeFalse();
        response.TrailingHeaders.GetValues("grpc-status").ShouldBe(["0"]);
    }

    [Fact]
    public async Task WatchResources_WhenThereIsNone_SendsHeadersAndAnEmptyBeginning()
    {
        using var response = await CallAsync("WatchResources", new WatchResourcesRequest());
        var body = await response.Content.ReadAsStreamAsync(Cancelled);

        var first = await ReadAsync(body, WatchResourcesUpdate.Parser);

        first.KindCase.ShouldBe(WatchResourcesUpdate.KindOneofCase.InitialData);
        first.InitialData.Resources.ShouldBeEmpty();
    }

    [Fact]
    public async Task WatchResources_SendsWhatThereIsThenWhatChanges()
    {
        await _model.PublishAsync("keys", "Starting");
        await _model.PublishAsync("router", "Waiting");
        using var response = await CallAsync("WatchResources", new WatchResourcesRequest { IsReconnect = true });
        var body = await response.Content.ReadAsStreamAsync(Cancelled);

        var first = await ReadAsync(body, WatchResourcesUpdate.Parser);
        first.InitialData.Resources.Select(r => (r.Name, r.DisplayName, r.State)).ShouldBe(
            [(DashboardTestModel.Id("keys"), "keys", "Starting"), (DashboardTestModel.Id("router"), "router", "Waiting")], ignoreOrder: true);

        await _model.PublishAsync("keys", "Running");
        var second = await ReadAsync(body, WatchResourcesUpdate.Parser);
        second.Changes.Value.ShouldHaveSingleItem().Upsert.State.ShouldBe("Running");
    }

    [Fact]
    public async Task WatchResources_CarriesAllThatTheSnapshotHolds()
    {
        var started = new DateTime(2026, 11, 20, 8, 0, 0, DateTimeKind.Utc);
        await _model.PublishAsync("keys", snapshot => snapshot with
        {
            ResourceType = "Project",
            State = new ResourceStateSnapshot("Exited", "error"),
            StartTimeStamp = started,
            ExitCode = 3,
            IsHidden = true,
            EnvironmentVariables = [new("A", "1", IsFromSpec: true), new("B", null, IsFromSpec: false)],
            Properties = [new("executable.pid", 42), new("executable.args", new[] { "run", "fast" }), new("token", "x") { IsSensitive = true }],
            Urls = [new("http", "http://localhost:5101", IsInternal: false) { DisplayProperties = new("API", 2) }],
            HealthReports = [new("ready", HealthStatus.Degraded, "slow", null) { LastRunAt = started }, new("new", null, null, null)],
            Relationships = [new("router", "Reference")],
        });
        using var response = await CallAsync("WatchResources", new WatchResourcesRequest());

        var update = await ReadAsync(await response.Content.ReadAsStreamAsync(Cancelled), WatchResourcesUpdate.Parser);

        var resource = update.InitialData.Resources.ShouldHaveSingleItem();
        resource.ResourceType.ShouldBe("Project");
        (resource.State, resource.StateStyle, resource.IsHidden).ShouldBe(("Exited", "error", true));
        resource.StartedAt.ToDateTime().ShouldBe(started);
        resource.StoppedAt.ShouldBeNull();
        resource.Environment.Select(e => (e.Name, e.HasValue, e.Value, e.IsFromSpec)).ShouldBe([("A", true, "1", true), ("B", false, "", false)]);
        resource.Properties.Select(p => p.Name).ShouldBe(["executable.pid", "executable.args", "token", "resource.exitCode"]);
        resource.Properties[0].Value.StringValue.ShouldBe("42");
        resource.Properties[1].Value.ListValue.Values.Select(v => v.StringValue).ShouldBe(["run", "fast"]);
        resource.Properties.Select(p => p.IsSensitive).ShouldBe([false, false, true, false]);
        resource.Properties[3].Value.StringValue.ShouldBe("3");
        var url = resource.Urls.ShouldHaveSingleItem();
        (url.EndpointName, url.FullUrl, url.DisplayProperties.DisplayName, url.DisplayProperties.SortOrder).ShouldBe(("http", "http://localhost:5101", "API", 2));
        resource.HealthReports.Select(h => (h.Key, h.HasStatus, (int)h.Status)).ShouldBe([("ready", true, 2), ("new", false, 0)]);
        resource.Relationships.Select(r => (r.ResourceName, r.Type)).ShouldBe([("router", "Reference")]);
    }

    [Fact]
    public async Task WatchResourceConsoleLogs_SendsTheBacklogThenNewLines()
    {
        _model.Write("keys", "listening");
        using var response = await CallAsync("WatchResourceConsoleLogs", new WatchConsoleLogsRequest { ResourceName = DashboardTestModel.Id("keys") });
        var body = await response.Content.ReadAsStreamAsync(Cancelled);

        var backlog = (await ReadAsync(body, WatchConsoleLogsUpdate.Parser)).LogLines.ShouldHaveSingleItem();
        backlog.Text.ShouldEndWith("listening");
        (backlog.LineNumber, backlog.IsStdErr).ShouldBe((1, false));

        _model.Write("keys", "broken", isError: true);
        var next = (await ReadAsync(body, WatchConsoleLogsUpdate.Parser)).LogLines.ShouldHaveSingleItem();
        next.Text.ShouldEndWith("broken");
        (next.LineNumber, next.IsStdErr).ShouldBe((2, true));
    }

    [Fact]
    public async Task WatchResourceConsoleLogs_WhenFollowIsSuppressed_Ends()
    {
        _model.Write("keys", "one");
        _model.Write("keys", "two");
        var request = new WatchConsoleLogsRequest { ResourceName = DashboardTestModel.Id("keys"), SuppressFollow = true };
        using var response = await CallAsync("WatchResourceConsoleLogs", request);
        var body = await response.Content.ReadAsStreamAsync(Cancelled);

        (await ReadAsync(body, WatchConsoleLogsUpdate.Parser)).LogLines.Count.ShouldBe(2);
        body.ReadByte().ShouldBe(-1);
        response.TrailingHeaders.GetValues("grpc-status").ShouldBe(["0"]);
    }

    [Fact]
    public async Task WatchInteractions_StaysOpenWithoutMessages()
    {
        using var response = await CallAsync("WatchInteractions", new WatchResourcesRequest());
        var read = (await response.Content.ReadAsStreamAsync(Cancelled)).ReadAsync(new byte[1], Cancelled).AsTask();

        // An answer to a later call on the connection shows that this one has not ended meanwhile.
        using var later = await CallAsync("GetApplicationInformation", new ApplicationInformationRequest());
        read.IsCompleted.ShouldBeFalse();
        response.Headers.Contains("grpc-status").ShouldBeFalse();

        await _host.DisposeAsync();
        (await read).ShouldBe(0);
        response.TrailingHeaders.GetValues("grpc-status").ShouldBe(["14"]);
    }

    [Theory]
    [InlineData("ExecuteResourceCommand")]
    [InlineData("UploadFile")]
    public async Task MethodThatIsNotOffered_AnswersUnimplementedInTheHeaders(string method)
    {
        using var response = await CallAsync(method, new WatchResourcesRequest());

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("grpc-status").ShouldBe(["12"]);
        (await response.Content.ReadAsByteArrayAsync(Cancelled)).ShouldBeEmpty();
        response.TrailingHeaders.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("resource-service-kex")]
    public async Task Call_WhenTheKeyIsMissingOrWrong_IsUnauthenticatedInTheHeaders(string? key)
    {
        using var response = await CallAsync("WatchResources", new WatchResourcesRequest(), key);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("grpc-status").ShouldBe(["16"]);
        (await response.Content.ReadAsByteArrayAsync(Cancelled)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0 }, "3")]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1 }, "3")]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 0xff, 0xff }, "3")]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, "12")]
    [InlineData(new byte[] { 0, 0xff, 0xff, 0xff, 0xff }, "8")]
    public async Task Call_WhenTheFrameIsBroken_IsRefused(byte[] frame, string status)
    {
        using var response = await SendAsync("WatchResources", frame, Key);

        response.Headers.GetValues("grpc-status").ShouldBe([status]);
    }

    [Fact]
    public async Task Stop_WhileAStreamIsOpen_EndsItAsUnavailable()
    {
        using var response = await CallAsync("WatchResources", new WatchResourcesRequest());
        var body = await response.Content.ReadAsStreamAsync(Cancelled);
        await ReadAsync(body, WatchResourcesUpdate.Parser);

        await _host.DisposeAsync();

        body.ReadByte().ShouldBe(-1);
        response.TrailingHeaders.GetValues("grpc-status").ShouldBe(["14"]);
    }

    private Task<HttpResponseMessage> CallAsync(string method, IMessage message, string? key = Key)
    {
        var bytes = message.ToByteArray();
        var frame = new byte[5 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
        bytes.CopyTo(frame, 5);
        return SendAsync(method, frame, key);
    }

    private Task<HttpResponseMessage> SendAsync(string method, byte[] frame, string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{_host.Url}/aspire.v1.DashboardService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new("application/grpc") } },
        };
        if (key is not null)
        {
            request.Headers.Add("x-resource-service-api-key", key);
        }

        return _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
    }

    private static async Task<TMessage> ReadAsync<TMessage>(Stream body, MessageParser<TMessage> parser)
        where TMessage : IMessage<TMessage>
    {
        var prefix = new byte[5];
        await body.ReadExactlyAsync(prefix, Cancelled);
        prefix[0].ShouldBe((byte)0);
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
        await body.ReadExactlyAsync(message, Cancelled);
        return parser.ParseFrom(message);
    }
}
