using System.Globalization;
using System.Runtime.InteropServices;

namespace Bench.Speed.Load;

internal enum LoadKind
{
    /// <summary>Each connection calls again as soon as it has its answer.</summary>
    Closed,

    /// <summary>All streams at once, each of them once.</summary>
    OpenStreams,

    /// <summary>So many calls a second, whether the earlier ones have been answered or not.</summary>
    Rate,

    /// <summary>As <see cref="Closed"/>, by another program.</summary>
    ByWrk,
}

/// <summary>One row of the scenarios.</summary>
internal sealed record Workload(string Name, LoadKind Kind)
{
    private const int SmallPrompt = 300;
    private const int LargePrompt = 200_000;

    /// <summary>Connections, or streams.</summary>
    public int Concurrency { get; init; } = 1;

    public int PerSecond { get; init; }

    public bool Stream { get; init; }

    public int ChunkDelayMs { get; init; }

    /// <summary>Bytes of the request's body, about.</summary>
    public int PromptBytes { get; init; } = SmallPrompt;

    public static Workload Calls(int connections) => new($"S1.c{connections}", LoadKind.Closed) { Concurrency = connections };

    public static Workload CallsByWrk(int connections) => Calls(connections) with { Name = $"S1.c{connections}.wrk", Kind = LoadKind.ByWrk };

    public static Workload Streams(int connections) => new($"S2.c{connections}", LoadKind.Closed) { Concurrency = connections, Stream = true };

    public static Workload OpenStreams(int streams, int chunkDelayMs)
        => new($"S3.c{streams}", LoadKind.OpenStreams) { Concurrency = streams, Stream = true, ChunkDelayMs = chunkDelayMs };

    public static Workload LargePrompts(int connections)
        => new($"S4.c{connections}", LoadKind.Closed) { Concurrency = connections, PromptBytes = LargePrompt };

    public static Workload AtRate(int perSecond) => new($"S6.r{perSecond}", LoadKind.Rate) { PerSecond = perSecond, Concurrency = 64 };

    /// <summary><c>S2.c16</c> and the like.</summary>
    public static Workload Parse(string name)
    {
        var size = int.Parse(name.AsSpan(4), CultureInfo.InvariantCulture);
        return name[..3] switch
        {
            "S1." => Calls(size),
            "S2." => Streams(size),
            "S3." => OpenStreams(size, 100),
            "S4." => LargePrompts(size),
            "S6." => AtRate(size),
            _ => throw new ArgumentException($"'{name}' is no scenario: S1.c64, S2.c16, S3.c1000, S4.c16, S6.r500."),
        };
    }
}

/// <summary>What a client speaks, and whether its provider speaks the same.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Traffic(ClientFormat Format, bool Translated)
{
    public static readonly Traffic[] All =
        [.. Enum.GetValues<ClientFormat>().SelectMany(format => new[] { new Traffic(format, Translated: false), new Traffic(format, Translated: true) })];

    public override string ToString() => this switch
    {
        { Translated: false } => Format.ToString(),
        { Format: ClientFormat.Chat } => "Chat → Anthropic",
        { Format: ClientFormat.Messages } => "Messages → OpenAI",
        _ => "Responses → Gemini",
    };
}
