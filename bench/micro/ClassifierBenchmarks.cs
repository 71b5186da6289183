using BenchmarkDotNet.Attributes;
using RoutingService.Automatic.Heuristics;

namespace Bench.Micro;

/// <summary>The heuristic of automatic routing: a prompt of 43 characters, and long ones, of which it reads 8,192.</summary>
[MemoryDiagnoser]
public class ClassifierBenchmarks
{
    private const string Sentence = "Write a Python script that uses a for loop.";

    private string _prompt = "";

    [Params("small", "English", "Chinese")]
    public string Prompt { get; set; } = "";

    [GlobalSetup]
    public void SetUp() => _prompt = Prompt switch
    {
        "small" => Sentence,
        "English" => string.Concat(Enumerable.Repeat(Sentence + " ", 200)),
        _ => string.Concat(Enumerable.Repeat("请用代码编写一个快速排序算法。", 600)),
    };

    [Benchmark]
    public object Classify() => HeuristicClassifier.Classify(_prompt);
}
