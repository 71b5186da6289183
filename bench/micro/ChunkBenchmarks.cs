using BenchmarkDotNet.Attributes;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;

namespace Bench.Micro;

/// <summary>One chunk of a stream: looked at on its way through, or read into events.</summary>
[MemoryDiagnoser]
public class ChunkBenchmarks
{
    private readonly List<StreamEvent> _events = [];
    private readonly ChatEventReader _reader = new();

    [Benchmark]
    public void LookAt() => ChatChunkScan.Read(Chunks.Chunk);

    [Benchmark]
    public void Read()
    {
        _events.Clear();
        _reader.Read(Chunks.Frame, _events);
    }
}
