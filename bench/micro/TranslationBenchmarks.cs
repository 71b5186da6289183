using System.Buffers;
using BenchmarkDotNet.Attributes;
using Gateway.Contracts;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using RoutingService.Providers;

namespace Bench.Micro;

/// <summary>One event of a stream of Chat Completions, in the client's format.</summary>
[MemoryDiagnoser]
public class TranslationBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly List<StreamEvent> _events = [];
    private readonly TextDelta _delta = new(" gateway");
    private readonly ChatEventReader _reader = new();
    private IAnswerWriter _writer = null!;

    [ParamsAllValues]
    public ClientFormat Client { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var request = new LlmRequest { Model = "client-model", Stream = true };
        _writer = ClientFormats.Of(Client).CreateStreamWriter(new AnswerContext(Guid.NewGuid(), request, 1767225600, new LossReport()));
        _writer.Write(_output, new AnswerStarted("id", "model"));
    }

    [Benchmark]
    public void Write()
    {
        _output.ResetWrittenCount();
        _writer.Write(_output, _delta);
    }

    [Benchmark]
    public void ReadAndWrite()
    {
        _events.Clear();
        _output.ResetWrittenCount();
        _reader.Read(Chunks.Frame, _events);
        foreach (var streamEvent in _events)
        {
            _writer.Write(_output, streamEvent);
        }
    }
}
