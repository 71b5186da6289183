using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>What the books need of a whole response object.</summary>
/// <param name="TextBytes">About the bytes of its output.</param>
public sealed record ResponsesFacts(LlmUsage? Usage, long TextBytes, AnswerFailed? Failure)
{
    public static ResponsesFacts Read(ReadOnlyMemory<byte> response)
    {
        using var document = JsonDocument.Parse(response);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("A response must be a JSON object.");
        }

        var failure = root.FindText("status") == "failed" || root.FindObject("error") is not null ? ResponsesOutputReader.ReadFailure(root) : null;
        return new ResponsesFacts(ResponsesUsage.Read(root), root.FindArray("output").Sum(TextBytesOf), failure);
    }

    /// <summary>Of a <c>response.failed</c> or an <c>error</c> event.</summary>
    public static AnswerFailed ReadFailure(ReadOnlyMemory<byte> failedEvent)
    {
        using var document = JsonDocument.Parse(failedEvent);
        return ResponsesOutputReader.ReadFailure(document.RootElement.FindObject("response") ?? document.RootElement);
    }

    private static long TextBytesOf(JsonElement item)
        => Length(item, "arguments") + Length(item, "input")
            + item.FindArray("content").Concat(item.FindArray("summary")).Sum(part => Length(part, "text") + Length(part, "refusal"));

    private static long Length(JsonElement element, string name) => element.FindText(name) is { } text ? System.Text.Encoding.UTF8.GetByteCount(text) : 0;
}
