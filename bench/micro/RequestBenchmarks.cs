using BenchmarkDotNet.Attributes;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using RoutingService.Providers;
using RoutingService.Providers.Exchanges;
using RoutingService.Providers.OpenAICompatible;
using RoutingService.Snapshots;

namespace Bench.Micro;

/// <summary>A call whose provider speaks its format pays the scan and the splice, others the reading and the writing.</summary>
[MemoryDiagnoser]
public class RequestBenchmarks
{
    private byte[] _body = [];
    private ProviderCall _call = null!;
    private LlmRequest _request = null!;

    [ParamsAllValues]
    public RequestSize Size { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _body = Requests.Of(Size);
        _request = ChatRequestReader.Read(_body);
        var scan = ChatRequestScanner.Scan(_body);
        _call = new ProviderCall(
            new DispatchRequest
            {
                CallId = Guid.NewGuid(),
                KeyId = Guid.NewGuid(),
                Format = ClientFormat.Chat,
                BodyLength = _body.Length,
                Facts = new RequestFacts { Model = scan.Model, Stream = scan.Stream, ModelValue = new ByteRange(scan.ModelValue.Start, scan.ModelValue.Length) },
            },
            _body,
            new Target(new ProviderTarget("p", null!, null, IsLocal: false, Credential: null), "upstream-model"));
    }

    [Benchmark]
    public bool Scan() => ChatRequestScanner.Scan(_body).Stream;

    [Benchmark]
    public void Splice() => new SplicedContent(_call.Body, ChatSplice.Plan(_call)).CopyToAsync(Stream.Null).GetAwaiter().GetResult();

    [Benchmark]
    public object Read() => ChatRequestReader.Read(_body);

    [Benchmark]
    public object Write() => ChatRequestWriter.Write(_request, ChatProfile.OpenAI, new RequestContext("p", "m", new LossReport()));
}
