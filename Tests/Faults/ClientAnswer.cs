using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Llm.Json;
using Tests.TestKit;

namespace Tests.Faults;

/// <summary>What a client of some format makes of an answer.</summary>
internal sealed record ClientAnswer(int Status, string RequestId, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The text, and the arguments of calls behind it.</summary>
    public string Content { get; private init; } = "";

    /// <summary>How often the answer ended.</summary>
    public int Ends { get; private init; }

    public string? ErrorCode { get; init; }

    public string? ErrorType { get; private init; }

    public string? ErrorMessage { get; private init; }

    /// <summary>Null when it is as the format wants it.</summary>
    public string? Fault { get; private init; }

    public bool IsError => ErrorType is not null;

    /// <summary>This provider has answered.</summary>
    public bool IsOf(string provider) => Headers.GetValueOrDefault("x-gateway-provider") == provider;

    public static ClientAnswer Read(ClientFormat format, bool stream, Answered answered)
    {
        var answer = new ClientAnswer(answered.Status, answered.RequestId, answered.Headers);
        try
        {
            var isStream = answered.Headers.GetValueOrDefault("content-type", "").StartsWith("text/event-stream", StringComparison.Ordinal);
            return isStream != (stream && answered.Status == 200) ? answer with { Fault = $"the content type is {answered.Headers.GetValueOrDefault("content-type")}" }
                : isStream ? ReadStream(format, answer, answered.Body)
                : answered.Status == 200 ? ReadWhole(format, answer, answered.Json)
                : answer.WithError(answered.Json, format);
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or InvalidOperationException or KeyNotFoundException or NullReferenceException)
        {
            return answer with { Fault = $"{exception.GetType().Name}: {Cut(answered.Text)}" };
        }
    }

    private static ClientAnswer ReadWhole(ClientFormat format, ClientAnswer answer, JsonNode json) => answer with
    {
        Ends = 1,
        Content = string.Concat(format switch
        {
            ClientFormat.Chat => new[] { json["choices"]![0]!["message"]! }.Select(message =>
                (string?)message["content"] + string.Concat((message["tool_calls"]?.AsArray() ?? []).Select(call => (string?)call!["function"]!["arguments"]))),
            ClientFormat.Responses => json["output"]!.AsArray().Select(item =>
                (string?)item!["arguments"] + string.Concat((item["content"]?.AsArray() ?? []).Select(part => (string?)part!["text"]))),
            _ => json["content"]!.AsArray().Select(block => (string?)block!["text"] + block["input"]?.ToJsonString()),
        }),
    };

    private static ClientAnswer ReadStream(ClientFormat format, ClientAnswer answer, byte[] body)
    {
        var halves = new HalfCharacters();
        var content = new StringBuilder();
        var ends = 0;
        var (hasBegun, hasFailed) = (false, false);
        foreach (var item in SseParser.Create(new MemoryStream(body)).Enumerate())
        {
            if (ends > 0)
            {
                return answer with { Fault = $"there is something behind the end: {Cut(item.Data)}" };
            }

            if (item.Data == "[DONE]")
            {
                ends++;
                continue;
            }

            // The SDKs' languages read half a character, .NET does not.
            var data = JsonNode.Parse(halves.Join(Encoding.UTF8.GetBytes(item.Data)))!.AsObject();
            var type = (string?)data["type"];
            if (data["error"] is JsonObject || type == "error")
            {
                // The error of Responses is flat.
                answer = data["error"] is JsonObject ? answer.WithError(data, format)
                    : answer with { ErrorCode = (string?)data["code"], ErrorType = "error" };
                continue;
            }

            if (answer.IsError && type != "response.failed")
            {
                return answer with { Fault = $"there is something behind the error: {Cut(item.Data)}" };
            }

            hasBegun |= type == "response.created";
            hasFailed |= type == "response.failed";
            ends += type is "message_stop" or "response.completed" or "response.incomplete" ? 1 : 0;
            content.Append(ContentOf(format, data));
        }

        return answer with
        {
            Content = content.ToString(),
            Ends = ends,
            Fault = format == ClientFormat.Responses && (answer.IsError && hasBegun) != hasFailed ? "response.failed and error belong together" : null,
        };
    }

    private static string ContentOf(ClientFormat format, JsonObject data) => format switch
    {
        ClientFormat.Chat => string.Concat((data["choices"]?.AsArray() ?? []).Select(choice => choice?["delta"] is JsonObject delta
            ? (string?)delta["content"] + string.Concat((delta["tool_calls"]?.AsArray() ?? []).Select(call => (string?)call!["function"]?["arguments"]))
            : "")),
        ClientFormat.Responses => (string?)data["type"] is "response.output_text.delta" or "response.function_call_arguments.delta" ? (string)data["delta"]! : "",
        _ => (string?)data["delta"]?["text"] + (string?)data["delta"]?["partial_json"],
    };

    private ClientAnswer WithError(JsonNode json, ClientFormat format)
    {
        var error = json["error"]!;
        return this with
        {
            ErrorCode = (string?)error["code"],
            ErrorType = (string)error["type"]!,
            ErrorMessage = (string?)error["message"],
            Fault = string.IsNullOrEmpty((string?)error["message"]) ? "an error without a message"
                : format == ClientFormat.Messages && ((string?)json["type"] != "error" || json["request_id"] is null) ? "no error of Messages"
                : null,
        };
    }

    private static string Cut(string text) => text.Length > 200 ? text[..200] : text;
}
