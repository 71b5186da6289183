using System.Net.Sockets;
using System.Text;
using Gateway.Simulator.Scripts;
using Shouldly;
using Xunit;

namespace Tests.Simulator;

/// <summary>Faults below HTTP: what a client sees of them, and what is on the wire.</summary>
public sealed class ConnectionFaultTests : SimulatorTest
{
    [Theory]
    [InlineData("fault-u07")]
    [InlineData("fault-u07-fin")]
    public async Task Connection_WhenEndedBeforeHeaders_FailsTheCall(string model)
        => await Should.ThrowAsync<HttpRequestException>(() => AskAsync(model));

    [Fact]
    public async Task Stream_WhenReset_GivesEveryEventBeforeIt()
    {
        // Many times: the reset must never overtake the events.
        for (var i = 0; i < 50; i++)
        {
            using var response = await AskAsync("fault-u09", stream: true);

            var (text, end) = await ReadToEndAsync(response);

            EventsOf(text).Count.ShouldBe(11);
            end.ShouldNotBeNull();
        }

        Simulator.Requests.ShouldAllBe(request => !request.CallerAborted);
    }

    [Fact]
    public async Task Stream_WhenChunkedAndClosed_EndsEarly()
    {
        using var response = await AskAsync("fault-u10", stream: true);

        var (text, end) = await ReadToEndAsync(response);

        EventsOf(text).Count.ShouldBe(11);
        end.ShouldNotBeNull().GetBaseException().ShouldBeOfType<HttpIOException>()
            .HttpRequestError.ShouldBe(HttpRequestError.ResponseEnded);
    }

    [Fact]
    public async Task Stream_WhenCloseDelimitedAndClosed_LooksWhole()
    {
        using var response = await AskAsync("fault-u11", stream: true);

        var (text, end) = await ReadToEndAsync(response);

        end.ShouldBeNull();
        EventsOf(text).Count.ShouldBe(11);
        response.Headers.TransferEncodingChunked.ShouldNotBe(true);
        response.Content.Headers.ContentLength.ShouldBeNull();
    }

    [Theory]
    [InlineData("fault-u13")]
    [InlineData("fault-u13-reset")]
    public async Task Body_WhenShorterThanItsLength_Fails(string model)
    {
        using var response = await AskAsync(model);

        var (text, end) = await ReadToEndAsync(response);

        text.Length.ShouldBe(200);
        response.Content.Headers.ContentLength!.Value.ShouldBeGreaterThan(200);
        end.ShouldNotBeNull();
    }

    [Fact]
    public async Task Body_WhenNoStream_IsCutInItsMiddle()
    {
        using var response = await AskAsync("fault-u09");

        var (text, end) = await ReadToEndAsync(response);

        ((long)text.Length).ShouldBe(response.Content.Headers.ContentLength!.Value / 2);
        end.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(AnswerFraming.CloseDelimited)]
    [InlineData(AnswerFraming.Chunked)]
    [InlineData(AnswerFraming.Length)]
    public async Task Answer_WhenWholeAndClosed_IsReadInEachFraming(AnswerFraming framing)
    {
        Simulator.Script("gpt-x", new Answer { Framing = framing, Ending = AnswerEnding.Fin });

        var events = await AskForEventsAsync("gpt-x");

        events.Count.ShouldBe(53);
    }

    [Fact]
    public async Task Wire_WhenReset_IsAnRst()
    {
        var (_, end) = await ReadWireAsync("fault-u09");

        end.ShouldBe(SocketError.ConnectionReset);
    }

    [Fact]
    public async Task Wire_WhenClosed_IsAFin()
    {
        var (_, end) = await ReadWireAsync("fault-u10");

        end.ShouldBe(SocketError.Success);
    }

    [Fact]
    public async Task Wire_WhenScripted_IsExactlyThat()
    {
        const string Garbage = "HTTP/1.1 banana\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcdEFG";
        Simulator.Script("gpt-x", Answer.OfWire(Garbage));

        var (text, _) = await ReadWireAsync("gpt-x");

        text.ShouldBe(Garbage);
    }

    [Theory]
    [InlineData("fault-u21", 0)]
    [InlineData("fault-u22", 0)]
    [InlineData("fault-u23", 11)]
    public async Task Stall_WhenTheCallerLeaves_IsItsDoing(string model, int events)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var asking = AskAsync(model, stream: true, cancellationToken: leave.Token);
        var received = await Simulator.WaitForRequestAsync(request => request.Model == model, Cancelled);
        if (events > 0)
        {
            using var response = await asking;
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancelled));
            for (var line = 0; line < 2 * events; line++)
            {
                (await reader.ReadLineAsync(Cancelled)).ShouldNotBeNull();
            }
        }
        else
        {
            await leave.CancelAsync();
        }

        await received.Completion.WaitAsync(Cancelled);
        received.CallerAborted.ShouldBeTrue();
        (received.BytesSent > 0).ShouldBe(events > 0);
    }

    [Fact]
    public async Task Simulator_WhenStoppedDuringAStall_LetsGo()
    {
        var asking = AskAsync("fault-u21");
        await Simulator.WaitForRequestAsync(request => request.Model == "fault-u21", Cancelled);

        await Simulator.DisposeAsync();

        await Should.ThrowAsync<HttpRequestException>(() => asking);
    }

    /// <summary>What a bare socket reads until the connection's end, and that end.</summary>
    private async Task<(string Text, SocketError End)> ReadWireAsync(string model)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"{{model}}","stream":true}""");
        var head = Encoding.UTF8.GetBytes($"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {body.Length}\r\n\r\n");
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", Simulator.BaseAddress.Port, Cancelled);
        await socket.SendAsync(new[] { new ArraySegment<byte>(head), new ArraySegment<byte>(body) });

        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, Cancelled) is > 0 and var count)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }

            return (text.ToString(), SocketError.Success);
        }
        catch (SocketException exception)
        {
            return (text.ToString(), exception.SocketErrorCode);
        }
    }
}
