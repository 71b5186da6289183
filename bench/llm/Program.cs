// What a call and an event cost: dotnet run -c Release --project bench/llm
using System.Buffers;
using System.Text;
using Bench.Llm;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Llm;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using RoutingService.Automatic.Heuristics;
using RoutingService.Providers;
using RoutingService.Providers.Exchanges;
using RoutingService.Providers.OpenAICompatible;
using RoutingService.Snapshots;

var small = Encoding.UTF8.GetBytes("""
    {"model":"gpt-4o-mini","stream":true,"messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Write a haiku about a gateway."}]}
    """);
var large = Encoding.UTF8.GetBytes(
    """{"model":"gpt-4o-mini","stream":true,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"string"}}}}}],"messages":["""
    + string.Join(',', Enumerable.Range(0, 200).Select(index => $$"""{"role":"{{(index % 2 == 0 ? "user" : "assistant")}}","content":"{{new string('x', 450)}} \"{{index}}\""}"""))
    + "]}");
var chunk = """{"id":"chatcmpl-DcaUeHNAraI69crmS5AbOlAbUiuPy","object":"chat.completion.chunk","created":1778089116,"model":"gpt-4o-mini","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"content":" gateway"},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"5nJQYS5N"}"""u8.ToArray();
var frame = (byte[])[.. "data: "u8, .. chunk, .. "\n\n"u8];
var context = new AnswerContext(Guid.NewGuid(), new LlmRequest { Model = "client-model", Stream = true }, 1767225600, new LossReport());

Measurement.WriteHead();
foreach (var (name, body) in new[] { ("small", small), ("large", large) })
{
    var scan = ChatRequestScanner.Scan(body);
    Measurement.Run($"scan a request of {body.Length:N0} bytes ({name})", () => ChatRequestScanner.Scan(body));
    var call = Call(body, scan);
    Measurement.Run($"splice it for a provider of the same speech ({name})", () => new SplicedContent(call.Body, ChatSplice.Plan(call)).CopyToAsync(Stream.Null).GetAwaiter().GetResult());
    Measurement.Run($"read it into the canonical form ({name})", () => ChatRequestReader.Read(body));
    var request = ChatRequestReader.Read(body);
    Measurement.Run($"write it from the canonical form ({name})", () => ChatRequestWriter.Write(request, ChatProfile.OpenAI, new RequestContext("p", "m", new LossReport())));
}

Measurement.Run("look at an event that goes through", () => ChatChunkScan.Read(chunk));

var prompt = "Write a Python script that uses a for loop.";
var prompts = string.Concat(Enumerable.Repeat(prompt + " ", 200));
Measurement.Run($"classify a prompt of {prompt.Length} characters by the heuristic", () => HeuristicClassifier.Classify(prompt));
Measurement.Run($"classify one of {prompts.Length:N0} characters, of which it reads 8,192", () => HeuristicClassifier.Classify(prompts));
var chinese = string.Concat(Enumerable.Repeat("请用代码编写一个快速排序算法。", 600));
Measurement.Run("the same in Chinese", () => HeuristicClassifier.Classify(chinese));

var events = new List<StreamEvent>();
var reader = new ChatEventReader();
Measurement.Run("read an event of Chat Completions", () =>
{
    events.Clear();
    reader.Read(frame, events);
});

var output = new ArrayBufferWriter<byte>(4096);
var delta = new TextDelta(" gateway");
foreach (var format in Enum.GetValues<ClientFormat>())
{
    var writer = Writer(format);

    Measurement.Run($"write an event for {format}", () =>
    {
        output.ResetWrittenCount();
        writer.Write(output, delta);
    });
    Measurement.Run($"translate an event from Chat Completions to {format}", () =>
    {
        events.Clear();
        output.ResetWrittenCount();
        reader.Read(frame, events);
        foreach (var streamEvent in events)
        {
            writer.Write(output, streamEvent);
        }
    });
}

IAnswerWriter Writer(ClientFormat format)
{
    var writer = ClientFormats.Of(format).CreateStreamWriter(context);
    writer.Write(output, new AnswerStarted("id", "model"));
    return writer;
}

static ProviderCall Call(byte[] body, RequestScan scan) => new(
    new DispatchRequest
    {
        CallId = Guid.NewGuid(),
        KeyId = Guid.NewGuid(),
        Format = ClientFormat.Chat,
        BodyLength = body.Length,
        Facts = new RequestFacts { Model = scan.Model, Stream = scan.Stream, ModelValue = new ByteRange(scan.ModelValue.Start, scan.ModelValue.Length) },
    },
    body,
    new Target(new ProviderTarget("p", null!, null, IsLocal: false, Credential: null), "upstream-model"));
