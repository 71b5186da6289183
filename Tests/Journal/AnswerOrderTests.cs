using System.Net.Http.Headers;
using System.Text;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Edge;
using Gateway.Edge.Accounting.Journal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Journal;

/// <summary>A client has the end of its answer only when the call is in the books.</summary>
public sealed class AnswerOrderTests : JournalTest
{
    private const string Json = "application/json";
    private const string Stream = "text/event-stream; charset=utf-8";
    private const string Event = "data: {\"n\":1}\n\n";

    private readonly ScriptedReceivers _receivers = new();

    [Fact]
    public async Task Answer_WhenTheJournalIsSlow_DoesNotEndBeforeItsRecordIsWritten()
    {
        var router = new ScriptedRouter(Json);
        await using var app = await StartAsync(router);
        Disk.Block();
        var call = CallAsync(app);
        router.Send("{\"a\":");
        router.Send("1}");
        router.End();

        await Disk.Arrived.Task.WaitAsync(Cancelled);
        await ShouldWaitAsync(call);
        Disk.Release();

        using var response = await call;
        response.Content.Headers.ContentLength.ShouldBe(7);
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldBe("{\"a\":1}");
    }

    [Fact]
    public async Task LargeAnswer_WhenTheJournalIsSlow_KeepsItsLastPieceBack()
    {
        var router = new ScriptedRouter(Json);
        await using var app = await StartAsync(router);
        Disk.Block();
        router.Send(new string(' ', 200_000));
        router.Send("{}");
        router.End();
        using var response = await CallAsync(app);
        var body = await response.Content.ReadAsStreamAsync(Cancelled);
        await body.ReadExactlyAsync(new byte[200_000], Cancelled);

        var rest = ReadToEndAsync(body, stopAfter: 1);
        await Disk.Arrived.Task.WaitAsync(Cancelled);
        await ShouldWaitAsync(rest);
        Disk.Release();

        ((await rest) + await ReadToEndAsync(body)).ShouldBe("{}");
    }

    [Theory]
    [InlineData("data: [DONE]\n\n", "")]
    [InlineData("data: {\"usage\":{}}\n\ndata: [DONE]\n\n", "")]
    [InlineData("data: [DO", "NE]\n\n")]
    public async Task Stream_WhenTheJournalIsSlow_PassesAllButItsTerminalEvent(string terminal, string behind)
    {
        var router = new ScriptedRouter(Stream);
        await using var app = await StartAsync(router);
        Disk.Block();
        router.Send(Event);
        using var response = await CallAsync(app);
        var body = await response.Content.ReadAsStreamAsync(Cancelled);
        (await ReadEventAsync(body)).ShouldBe(Event);
        router.Send(Event);
        (await ReadEventAsync(body)).ShouldBe(Event);

        router.Send(terminal);
        if (behind.Length > 0)
        {
            router.Send(behind);
        }

        var rest = ReadToEndAsync(body, stopAfter: 1);
        router.End();
        await Disk.Arrived.Task.WaitAsync(Cancelled);
        await ShouldWaitAsync(rest);
        Disk.Release();

        ((await rest) + await ReadToEndAsync(body)).ShouldBe(terminal + behind);
        await UntilAsync(() => _receivers.Records.Count == 1);
    }

    [Fact]
    public async Task Stream_WhenItBreaksOff_IsRecordedBeforeItsErrorEvent()
    {
        var router = new ScriptedRouter(Stream) { Error = new GatewayError(GatewayErrorKind.UpstreamFailed, "upstream_error", "It broke.") };
        await using var app = await StartAsync(router);
        Disk.Block();
        router.Send(Event);
        using var response = await CallAsync(app);
        var body = await response.Content.ReadAsStreamAsync(Cancelled);
        await ReadEventAsync(body);

        router.End();
        var rest = ReadToEndAsync(body, stopAfter: 1);
        await Disk.Arrived.Task.WaitAsync(Cancelled);
        await ShouldWaitAsync(rest);
        Disk.Release();

        ((await rest) + await ReadToEndAsync(body)).ShouldContain("upstream_error");
        await UntilAsync(() => _receivers.Records.Count == 1);
        _receivers.Records.Single().ErrorCode.ShouldBe("upstream_error");
    }

    [Fact]
    public async Task Call_WhenTheClientLeaves_IsRecordedAllTheSame()
    {
        var router = new ScriptedRouter(Stream);
        await using var app = await StartAsync(router);
        router.Send(Event);
        using (var response = await CallAsync(app))
        {
            await ReadEventAsync(await response.Content.ReadAsStreamAsync(Cancelled));
        }

        await UntilAsync(() => _receivers.Settlements.Count == 1 && _receivers.Records.Count == 1);
        _receivers.Settlements.Single().Cost.Value.ShouldBe(3);
        _receivers.Records.Single().StatusCode.ShouldBe(499);
    }

    [Fact]
    public async Task Call_WhenTheDiskBecomesFullDuringIt_EndsWithItsAnswer()
    {
        var router = new ScriptedRouter(Json);
        await using var app = await StartAsync(router);
        var call = CallAsync(app);
        await UntilAsync(() => router.Dispatches == 1);
        Disk.FailsToWrite = true;
        router.Send("{}");
        router.End();

        using var response = await call;
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldBe("{}");

        using var refused = await CallAsync(app);
        ((int)refused.StatusCode).ShouldBe(503);
        (await refused.Content.ReadAsStringAsync(Cancelled)).ShouldContain("service_unavailable");
        refused.Headers.RetryAfter.ShouldNotBeNull();
        router.Dispatches.ShouldBe(1);

        Disk.FailsToWrite = false;
        await UntilAsync(() => _receivers.Records.Count == 1);
    }

    /// <summary>A moment for bytes that should not come to come.</summary>
    private static async Task ShouldWaitAsync(Task task)
    {
        await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(200), Cancelled));
        task.IsCompleted.ShouldBeFalse();
    }

    private static async Task<string> ReadEventAsync(Stream body)
    {
        var bytes = new byte[Event.Length];
        await body.ReadExactlyAsync(bytes, Cancelled);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Up to the end, or to the first read that brings something.</summary>
    private static async Task<string> ReadToEndAsync(Stream body, int stopAfter = int.MaxValue)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (text.Length < stopAfter && await body.ReadAsync(buffer, Cancelled) is > 0 and var read)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    private static Task<HttpResponseMessage> CallAsync(WebApplication app)
    {
        var client = app.Services.GetRequiredService<HttpClient>();
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{app.Urls.Single()}/v1/chat/completions"))
        {
            Content = new StringContent("""{"model":"m","messages":[{"role":"user","content":"x"}]}""", Encoding.UTF8, Json),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", VirtualKeySecret.Create());
        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
    }

    private async Task<WebApplication> StartAsync(ScriptedRouter router)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration[$"{JournalOptions.Section}:Directory"] = Root;
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<HttpClient>();
        builder.Services.AddSingleton<IJournalDisk>(Disk);
        builder.Services.AddSingleton<IModelRouter>(router);
        builder.Services.AddSingleton<IKeyLedger>(_receivers);
        builder.Services.AddSingleton<IUsageLog>(_receivers);
        builder.Services.AddSingleton<Gateway.Contracts.Contents.IContentLog, NoContents>();
        builder.AddEdge();
        var app = builder.Build();
        app.MapEdge();
        await app.StartAsync(Cancelled);
        return app;
    }
}
