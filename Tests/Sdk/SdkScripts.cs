using Gateway.Simulator.Scripts;

namespace Tests.Sdk;

/// <summary>What the provider answers in the scenarios that every SDK is put through.</summary>
internal static class SdkScripts
{
    public const string Tool = "get_weather";

    /// <summary>More rounds than any suite makes: each is a call and, after its result, a text.</summary>
    private const int Rounds = 16;

    private static readonly AnswerToolCall Call = new(Tool, """{"city":"Oslo","count":9007199254740991}""");

    public static Answer[] Tools { get; } = [.. Repeat(new() { ToolCalls = [Call] }, new() { Text = "It rains." })];

    public static Answer[] Thinking { get; } = [.. Repeat(new() { Reasoning = "Let me think.", ToolCalls = [Call] }, new() { Text = "It rains." })];

    public static Answer Plan { get; } = new() { Text = """{"city":"Oslo","days":3}""" };

    public static Answer Slow { get; } = new() { Tokens = 1000, DelayBetweenChunksMs = 20 };

    public static Answer Refusing { get; } = new() { Status = 400, ErrorMessage = "No." };

    public static Answer Limiting { get; } = new() { Status = 429, ErrorMessage = "Slow down." };

    public static Answer Failing { get; } = new() { Status = 500, ErrorMessage = "Oh." };

    /// <summary>Some of the text has gone out by then, in every protocol.</summary>
    public static Answer Broken { get; } = new() { StreamErrorAfter = 8 };

    private static IEnumerable<Answer> Repeat(params Answer[] round) => Enumerable.Repeat(round, Rounds).SelectMany(answers => answers);
}
