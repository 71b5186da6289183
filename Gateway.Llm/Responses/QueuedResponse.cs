using System.Buffers;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>The response object of a call that has not begun; whoever writes it gives it its own id.</summary>
public static class QueuedResponse
{
    /// <param name="request">The body of the call.</param>
    public static byte[] Write(string model, JsonElement request, DateTimeOffset createdAt)
    {
        var context = new AnswerContext(
            Guid.Empty, new LlmRequest { Model = model, Echo = ResponsesEcho.Read(request) }, createdAt.ToUnixTimeSeconds(), new LossReport());
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            ResponseObject.Write(json, context, "queued", []);
        }

        return output.WrittenSpan.ToArray();
    }
}
