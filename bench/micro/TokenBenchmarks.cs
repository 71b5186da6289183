using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Gateway.Llm.Tokens;

namespace Bench.Micro;

/// <summary>The estimate of a prompt, small or of 200 KB. The first model counts by o200k, the second one by cl100k.</summary>
[MemoryDiagnoser]
public class TokenBenchmarks
{
    private const int LargePrompt = 200_000;
    private static readonly JsonSerializerOptions AsClientsWrite = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private byte[] _body = [];
    private TokenProfile _profile = null!;

    [Params("gpt-4o", "gpt-4")]
    public string Model { get; set; } = "";

    [Params("small", "English", "code", "Chinese", "one letter")]
    public string Prompt { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        _profile = TokenProfile.ForModel(Model);
        _body = Prompt switch
        {
            "small" => Requests.Small,
            "English" => Large("The quick brown fox jumps over the lazy dog, and it isn't even 12:45 o'clock; \"strange\", said the dog.\n"),
            "code" => Large("\tif (request.Headers.TryGetValue(\"x-api-key\", out var key) && key.Count == 1)\n\t{\n\t\treturn key[0];\n\t}\n\n"),
            "Chinese" => Large("敏捷的棕色狐狸跳过了懒狗，而现在还不到十二点四十五分。真奇怪，狗说道。"),
            _ => Large("a"),
        };
    }

    [Benchmark]
    public long Estimate() => TokenEstimate.ForChat(_body, _profile);

    private static byte[] Large(string text)
    {
        var prompt = string.Concat(Enumerable.Repeat(text, LargePrompt / Encoding.UTF8.GetByteCount(text)));
        return Encoding.UTF8.GetBytes($$"""{"model":"gpt-4o","messages":[{"role":"user","content":{{JsonSerializer.Serialize(prompt, AsClientsWrite)}}}]}""");
    }
}
