// Speed of the token counter: dotnet run -c Release --project bench/tokens
using System.Globalization;
using System.Text;
using Gateway.Llm.Tokens;

var time = TimeProvider.System;
var english = Repeat("The quick brown fox jumps over the lazy dog, and it isn't even 12:45 o'clock; \"strange\", said the dog.\n");
var code = Repeat("\tif (request.Headers.TryGetValue(\"x-api-key\", out var key) && key.Count == 1)\n\t{\n\t\treturn key[0];\n\t}\n\n");
var chinese = Repeat("敏捷的棕色狐狸跳过了懒狗，而现在还不到十二点四十五分。真奇怪，狗说道。");
var oneLetter = Encoding.UTF8.GetBytes(new string('a', 1 << 20));
var shortPrompt = "Write a haiku about a gateway that counts every token it passes on."u8.ToArray();
var chat = """
    {"model":"gpt-4o","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Write a haiku about a gateway that counts every token it passes on."}],"stream":true}
    """u8.ToArray();

foreach (var (name, load) in new (string, Func<TokenCounter>)[] { ("o200k", () => TokenCounter.O200k), ("cl100k", () => TokenCounter.Cl100k) })
{
    var before = GC.GetTotalMemory(forceFullCollection: true);
    var started = time.GetTimestamp();
    var counter = load();
    var loaded = time.GetElapsedTime(started);
    Write($"{name}: loaded in {loaded.TotalMilliseconds:F0} ms, heap grew by {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6:F1} MB, tables {counter.MemoryBytes / 1e6:F1} MB");
    foreach (var (kind, text) in new[] { ("english", english), ("code", code), ("chinese", chinese), ("one letter, 1 MiB", oneLetter) })
    {
        var each = Measure(() => counter.Count(text));
        Write($"  {kind,-18} {text.Length / each / 1e6,7:F1} MB/s  {counter.Count(text) / each / 1e6,6:F1} Mtokens/s");
    }

    Write($"  short prompt of {shortPrompt.Length} bytes: {Measure(() => counter.Count(shortPrompt)) * 1e9:F0} ns");
}

var profile = TokenProfile.ForModel("gpt-4o");
Write($"ForChat on a body of {chat.Length} bytes: {Measure(() => (int)TokenEstimate.ForChat(chat, profile)) * 1e9:F0} ns");

// Seconds for one call, the best of ten rounds of about 100 ms.
double Measure(Func<int> count)
{
    var best = double.MaxValue;
    for (var round = 0; round < 10; round++)
    {
        var started = time.GetTimestamp();
        var calls = 0;
        while (time.GetElapsedTime(started) < TimeSpan.FromMilliseconds(100))
        {
            for (var i = 0; i < 10; i++)
            {
                count();
            }

            calls += 10;
        }

        best = Math.Min(best, time.GetElapsedTime(started).TotalSeconds / calls);
    }

    return best;
}

static byte[] Repeat(string text) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, 2000)));

static void Write(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
