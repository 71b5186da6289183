namespace Bench.Micro;

/// <summary>A chunk of a stream, as OpenAI sends it.</summary>
internal static class Chunks
{
    public static byte[] Chunk { get; } = """{"id":"chatcmpl-DcaUeHNAraI69crmS5AbOlAbUiuPy","object":"chat.completion.chunk","created":1778089116,"model":"gpt-4o-mini","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"content":" gateway"},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"5nJQYS5N"}"""u8.ToArray();

    public static byte[] Frame { get; } = [.. "data: "u8, .. Chunk, .. "\n\n"u8];
}
