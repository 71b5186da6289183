using System.Text.Json;
using Gateway.Llm.Json;
using Gateway.Llm.Messages;
using RoutingService.Providers.Exchanges;

namespace RoutingService.Providers.Anthropic;

/// <summary>A stream that ends without <c>message_stop</c> has broken off, whatever has come before.</summary>
internal sealed class MessagesAnswerScan : AnswerScan
{
    private readonly MessagesUsage _usage = new();

    public override bool ReadEvent(ReadOnlySpan<byte> data)
    {
        var scan = MessagesEventScan.Read(data);
        TextBytes += scan.TextBytes;
        TextEvents += scan.TextBytes > 0 ? 1 : 0;
        HasContent |= scan.HasContent;
        switch (scan.Kind)
        {
            case MessagesEventKind.MessageStart or MessagesEventKind.MessageDelta:
                ReadUsage(data, scan.Kind == MessagesEventKind.MessageStart ? "message" : null);
                return true;
            case MessagesEventKind.MessageStop:
                IsDone = true;
                HasContent = true;
                return true;
            case MessagesEventKind.Error:
                Fail(data);
                return false;
            default:
                return true;
        }
    }

    public override void ReadBody(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var message = document.RootElement;
        if (message.FindText("type") == "error")
        {
            Failure = MessagesErrors.Read(message);
            return;
        }

        if (message.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("A message must be a JSON object.");
        }

        TextBytes = message.FindArray("content").Sum(TextBytesOf);
        _usage.Read(message.Find("usage") ?? default);
        Usage = _usage.Current;
    }

    private static long TextBytesOf(JsonElement block)
        => (block.FindText("text") ?? block.FindText("thinking") ?? "").Length + (block.FindObject("input")?.GetRawText().Length ?? 0);

    private void ReadUsage(ReadOnlySpan<byte> data, string? holder)
    {
        using var document = Parse(data);
        var usage = holder is null ? document.RootElement.Find("usage") : document.RootElement.FindObject(holder)?.Find("usage");
        if (usage is { } reported)
        {
            _usage.Read(reported);
            Usage = _usage.Current;
        }
    }

    private void Fail(ReadOnlySpan<byte> data)
    {
        using var document = Parse(data);
        Failure = MessagesErrors.Read(document.RootElement) ?? new Gateway.Llm.Canonical.AnswerFailed(StatusCodes.Status500InternalServerError, "no reason given.");
    }

    private static JsonDocument Parse(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        return JsonDocument.ParseValue(ref reader);
    }
}
