using System.Text;
using Bench.Speed.Upstream;

namespace Bench.Speed.Load;

/// <summary>The bytes of a call, and what an answer to it must hold: an answer that is only fast is an error.</summary>
internal sealed class CallScript
{
    private static readonly byte[] WholeText = Encoding.ASCII.GetBytes(Answers.Text);
    private readonly byte[] _mustHold;
    private readonly byte[] _usage;

    private CallScript(byte[] request, Workload workload, ClientFormat format)
    {
        Request = request;
        IsStream = workload.Stream;
        _mustHold = !workload.Stream ? WholeText : format switch
        {
            ClientFormat.Chat => "data: [DONE]"u8.ToArray(),
            ClientFormat.Messages => "event: message_stop"u8.ToArray(),
            _ => "event: response.completed"u8.ToArray(),
        };
        _usage = Encoding.ASCII.GetBytes(Answers.OutputTokens.ToString());

        // The four last events of Responses have the whole text again.
        Markers = !workload.Stream ? 0 : format == ClientFormat.Responses ? 5 * Marker.ChunksOfStream : Marker.ChunksOfStream;
    }

    public byte[] Request { get; }

    public bool IsStream { get; }

    /// <summary>How many of them a complete stream has.</summary>
    public int Markers { get; }

    public static string PathOf(ClientFormat format) => format switch
    {
        ClientFormat.Chat => "/v1/chat/completions",
        ClientFormat.Messages => "/v1/messages",
        _ => "/v1/responses",
    };

    /// <param name="headers">Each with its line end.</param>
    public static CallScript Create(Workload workload, ClientFormat format, string model, string headers)
    {
        var body = Body(workload, format, model);
        return new CallScript(
            Encoding.ASCII.GetBytes(
                $"POST {PathOf(format)} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}"),
            workload,
            format);
    }

    /// <summary>What is wrong with an answer of status 200; null if nothing is.</summary>
    public string? FindFault(ReadOnlySpan<byte> body, int markers)
        => body.IndexOf(_mustHold) < 0 ? $"'{Encoding.ASCII.GetString(_mustHold, 0, Math.Min(_mustHold.Length, 40))}' is not in it"
            : markers != Markers ? $"{markers} texts instead of {Markers}"
            : body.IndexOf(_usage) < 0 ? "there is no usage in it"
            : null;

    private static string Body(Workload workload, ClientFormat format, string model)
    {
        var stream = workload.Stream ? ",\"stream\":true" : "";
        var (before, after) = format switch
        {
            ClientFormat.Chat => (
                $$"""{"model":"{{model}}"{{stream}}{{(workload.Stream ? ",\"stream_options\":{\"include_usage\":true}" : "")}},"temperature":0.7,"messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":""" + "\"",
                "\"}]}"),
            ClientFormat.Messages => (
                $$"""{"model":"{{model}}"{{stream}},"max_tokens":1024,"system":"You are a helpful assistant.","messages":[{"role":"user","content":""" + "\"",
                "\"}]}"),
            _ => (
                $$"""{"model":"{{model}}"{{stream}},"store":false,"instructions":"You are a helpful assistant.","input":[{"role":"user","content":""" + "\"",
                "\"}]}"),
        };
        var prompt = new StringBuilder(workload.PromptBytes);
        while (before.Length + prompt.Length + after.Length < workload.PromptBytes)
        {
            prompt.Append("Tell me what a gateway does with a question. ");
        }

        return before + prompt + after;
    }
}
