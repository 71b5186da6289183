using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Edge.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using RoutingService.Dispatching;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Edge;

/// <summary>The frames between the Edge and RoutingService, over a real connection.</summary>
public sealed class RemoteDispatchTests
{
    private static readonly DispatchHead StreamHead = new() { Provider = "p", UpstreamModel = "m", Attempts = 1, ContentType = "text/event-stream" };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Dispatch_WhenItGoesWell_BringsHeadPiecesAndEnd(int count)
    {
        var pieces = Enumerable.Range(0, count).Select(i => new string((char)('a' + i), 1 + (i * 20_000))).ToArray();
        await using var remote = await StartAsync(_ => new ScriptedDispatch(StreamHead, pieces));

        await using var dispatch = await remote.DispatchAsync();
        var text = await ReadAsync(dispatch);

        dispatch.Head.ShouldBe(StreamHead);
        text.ShouldBe(string.Concat(pieces));
        var end = dispatch.End.ShouldNotBeNull();
        end.Error.ShouldBeNull();
        end.Usage.ShouldBe(new TokenUsage { Input = 3, Output = count });
        end.UsageSource.ShouldBe(UsageSource.Provider);
        end.Cost.ShouldBe(new NanoUsd(count * 10));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(3_000_000)]
    public async Task Dispatch_WhenTheBodyIsSent_ArrivesToTheByteWithTheRequest(int length)
    {
        var body = new byte[length];
        new Random(1).NextBytes(body);
        await using var remote = await StartAsync(_ => new ScriptedDispatch(StreamHead));

        await using var dispatch = await remote.DispatchAsync(body);

        remote.Router.Body.ShouldBe(body);
        remote.Router.Request.ShouldNotBeNull().Facts.Choices.ShouldBe(1);
        remote.Router.Request!.Format.ShouldBe(ClientFormat.Chat);
    }

    [Fact]
    public async Task Dispatch_WhenThereIsNoAnswer_BringsTheErrorInTheHead()
    {
        var head = new DispatchHead { Error = GatewayError.ModelNotFound("x") };
        await using var remote = await StartAsync(_ => new ScriptedDispatch(head) { Error = head.Error });

        await using var dispatch = await remote.DispatchAsync();

        dispatch.Head.Error.ShouldBe(head.Error);
    }

    [Fact]
    public async Task Dispatch_WhenTheAnswerBreaksOff_BringsTheErrorInTheEnd()
    {
        var error = GatewayError.Internal();
        await using var remote = await StartAsync(_ => new ScriptedDispatch(StreamHead, "half") { Error = error });

        await using var dispatch = await remote.DispatchAsync();

        (await ReadAsync(dispatch)).ShouldBe("half");
        dispatch.End.ShouldNotBeNull().Error.ShouldBe(error);
        dispatch.End!.Usage.Output.ShouldBe(1);
    }

    [Fact]
    public async Task Dispose_WhenTheAnswerGoesOn_StopsItAndBringsTheEndWithWhatWasUsed()
    {
        var running = new ScriptedDispatch(StreamHead, "one", "two") { Stalls = true };
        await using var remote = await StartAsync(_ => running);
        var dispatch = await remote.DispatchAsync();
        (await dispatch.ReadAsync(Cancelled)).IsEmpty.ShouldBeFalse();

        await dispatch.DisposeAsync();

        await running.Disposed.Task.WaitAsync(Cancelled);
        var end = dispatch.End.ShouldNotBeNull();
        end.Error.ShouldBeNull();
        end.UsageSource.ShouldBe(UsageSource.Partial);
        end.Usage.ShouldBe(new TokenUsage { Input = 3, Output = 2 });
    }

    /// <summary>A budget that ends a stream at a count must not cut what was counted, nor an event in half.</summary>
    [Fact]
    public async Task Read_WhenAPieceComesInSeveral_CountsItWithTheLast()
    {
        var piece = new string('a', 200_000);
        await using var remote = await StartAsync(_ => new ScriptedDispatch(StreamHead, piece, piece));
        await using var dispatch = await remote.DispatchAsync();
        var parts = 0;
        var length = 0;

        while (await dispatch.ReadAsync(Cancelled) is { IsEmpty: false } part)
        {
            parts++;
            length += part.Length;
            dispatch.OutputTokens.ShouldBe(length / piece.Length);
        }

        parts.ShouldBeGreaterThan(2);
        length.ShouldBe(2 * piece.Length);
    }

    /// <summary>This is how a client leaves: while the Edge waits for the next piece.</summary>
    [Fact]
    public async Task Dispose_WhenAReadWasCancelled_StillBringsTheEndWithWhatWasUsed()
    {
        var running = new ScriptedDispatch(StreamHead, "one") { Stalls = true };
        await using var remote = await StartAsync(_ => running);
        var dispatch = await remote.DispatchAsync();
        (await dispatch.ReadAsync(Cancelled)).IsEmpty.ShouldBeFalse();
        using var client = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var reading = dispatch.ReadAsync(client.Token).AsTask();
        reading.IsCompleted.ShouldBeFalse();

        await client.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => reading);
        await dispatch.DisposeAsync();

        await running.Disposed.Task.WaitAsync(Cancelled);
        var end = dispatch.End.ShouldNotBeNull();
        end.Error.ShouldBeNull();
        end.UsageSource.ShouldBe(UsageSource.Partial);
        end.Usage.ShouldBe(new TokenUsage { Input = 3, Output = 1 });
    }

    [Fact]
    public async Task Read_WhenCancelledAndAskedAgain_LosesNothing()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await LoopbackApp.StartAsync(_ => { }, app => app.MapPost(RouterRoutes.Dispatch, async context =>
        {
            FrameWriter.WriteControl(context.Response.BodyWriter, FrameType.Head, StreamHead, ContractsJson.Default.DispatchHead);
            await context.Response.BodyWriter.FlushAsync();
            await gate.Task;
            FrameWriter.WriteData(context.Response.BodyWriter, "late"u8);
            FrameWriter.WriteControl(context.Response.BodyWriter, FrameType.End, new DispatchEnd(), ContractsJson.Default.DispatchEnd);
        }));
        await using var dispatch = await new ModelRouterClient(app.Client, TimeProvider.System).DispatchAsync(Request(0), default, Cancelled);
        using var impatient = new CancellationTokenSource();
        var reading = dispatch.ReadAsync(impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => reading);

        gate.SetResult();

        (await ReadAsync(dispatch)).ShouldBe("late");
        dispatch.End.ShouldNotBeNull().Error.ShouldBeNull();
    }

    [Fact]
    public async Task Read_WhenTheServiceFailsInTheMiddle_EndsWithAnError()
    {
        await using var remote = await StartAsync(_ => new ScriptedDispatch(StreamHead, "half") { Throws = true });
        await using var dispatch = await remote.DispatchAsync();

        (await ReadAsync(dispatch)).ShouldBe("half");

        dispatch.End.ShouldNotBeNull().Error.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.Unavailable);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("garbage")]
    [InlineData("data first")]
    [InlineData("status 500")]
    [InlineData("status 401")]
    public async Task Dispatch_WhenTheServiceDoesNotSpeakFrames_IsUnavailable(string answer)
    {
        await using var app = await LoopbackApp.StartAsync(_ => { }, app => app.MapPost(RouterRoutes.Dispatch, async context =>
        {
            switch (answer)
            {
                case "garbage":
                    await context.Response.WriteAsync("<html>hello</html>");
                    break;
                case "data first":
                    FrameWriter.WriteData(context.Response.BodyWriter, "x"u8);
                    break;
                case "status 500":
                    context.Response.StatusCode = 500;
                    break;
                case "status 401":
                    context.Response.StatusCode = 401;
                    break;
            }
        }));

        var exception = await Should.ThrowAsync<GatewayErrorException>(() => new ModelRouterClient(app.Client, TimeProvider.System).DispatchAsync(Request(0), default, Cancelled));

        exception.Error.Kind.ShouldBe(GatewayErrorKind.Unavailable);
    }

    [Fact]
    public async Task Dispatch_WhenTheConnectionIsCutBetweenTwoFrames_EndsWithAnError()
    {
        await using var app = await LoopbackApp.StartAsync(_ => { }, app => app.MapPost(RouterRoutes.Dispatch, async context =>
        {
            FrameWriter.WriteControl(context.Response.BodyWriter, FrameType.Head, StreamHead, ContractsJson.Default.DispatchHead);
            FrameWriter.WriteData(context.Response.BodyWriter, "half"u8);
            await context.Response.BodyWriter.FlushAsync();
        }));
        await using var dispatch = await new ModelRouterClient(app.Client, TimeProvider.System).DispatchAsync(Request(0), default, Cancelled);

        (await ReadAsync(dispatch)).ShouldBe("half");

        dispatch.End.ShouldNotBeNull().Error.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.Unavailable);
    }

    [Fact]
    public async Task Cancel_WhenTheCallIsUnknown_IsNoError()
    {
        await using var remote = await StartAsync(_ => new ScriptedDispatch(StreamHead));

        using var response = await remote.App.Client.PostAsync($"{RouterRoutes.Cancel}/{Guid.NewGuid()}", content: null, Cancelled);

        response.IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task Models_WhenAsked_AreThoseOfTheRouter()
    {
        await using var remote = await StartAsync(_ => new ScriptedDispatch(StreamHead));

        (await new ModelRouterClient(remote.App.Client, TimeProvider.System).ListModelsAsync(Cancelled)).Models.ShouldBe([new ModelDescription("m", "p", DateTime.UnixEpoch)]);
    }

    private static DispatchRequest Request(int length) => new()
    {
        CallId = Guid.NewGuid(),
        KeyId = Guid.NewGuid(),
        Format = ClientFormat.Chat,
        Facts = new RequestFacts { Model = "m" },
        BodyLength = length,
    };

    private static async Task<Remote> StartAsync(Func<DispatchRequest, Dispatch> answer)
    {
        var router = new ScriptedRouter(answer);
        var app = await LoopbackApp.StartAsync(builder => builder.Services.AddSingleton<IModelRouter>(router), app => app.MapDispatch());
        return new Remote(app, router);
    }

    private static async Task<string> ReadAsync(Dispatch dispatch)
    {
        var text = new StringBuilder();
        while (await dispatch.ReadAsync(Cancelled) is { IsEmpty: false } piece)
        {
            text.Append(Encoding.UTF8.GetString(piece.Span));
        }

        return text.ToString();
    }

    private sealed record Remote(LoopbackApp App, ScriptedRouter Router) : IAsyncDisposable
    {
        public Task<Dispatch> DispatchAsync(byte[]? body = null)
            => new ModelRouterClient(App.Client, TimeProvider.System).DispatchAsync(Request(body?.Length ?? 0), body, Cancelled);

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
