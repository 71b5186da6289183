using System.Text;
using Gateway.Contracts;
using Gateway.Edge.Pipeline;
using Shouldly;
using Xunit;

namespace Tests.Journal;

public sealed class TerminalEventTests
{
    [Theory]
    [InlineData(ClientFormat.Chat, "data: [DONE]\n\n")]
    [InlineData(ClientFormat.Chat, "data:[DONE]\r\n\r\n")]
    [InlineData(ClientFormat.Messages, "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")]
    [InlineData(ClientFormat.Messages, "data: {\"type\":\"message_stop\"}\n\n")]
    [InlineData(ClientFormat.Responses, "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{}}\n\n")]
    [InlineData(ClientFormat.Responses, "data: {\"type\":\"response.incomplete\",\"response\":{}}\n\n")]
    [InlineData(ClientFormat.Responses, "event: response.failed\n\n")]
    public void Read_WhereverThePiecesAreCut_LetsNoWholeTerminalEventPass(ClientFormat format, string terminalText)
    {
        const string Before = "event: x\ndata: {\"text\":\"data: [DONE] event: message_stop\"}\n\n";
        var bytes = Encoding.UTF8.GetBytes(Before + terminalText);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var terminal = new TerminalEvent(format);
            terminal.Read(bytes.AsSpan(0, cut));
            if (cut <= Before.Length)
            {
                terminal.IsSeen.ShouldBeFalse();
            }
            else
            {
                (terminal.IsSeen || terminal.IsInLine).ShouldBeTrue($"{cut - Before.Length} bytes of the terminal event");
            }

            terminal.Read(bytes.AsSpan(cut));
            terminal.IsSeen.ShouldBeTrue();
        }
    }

    [Fact]
    public void Read_WhenPiecesAreWholeEvents_HoldsNoneOfThem()
    {
        var terminal = new TerminalEvent(ClientFormat.Chat);

        terminal.Read("data: {\"a\":\"[DONE]\"}\n\n: comment\n\n"u8);

        terminal.IsSeen.ShouldBeFalse();
        terminal.IsInLine.ShouldBeFalse();
    }
}
