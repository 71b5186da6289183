using Gateway.Contracts;
using Gateway.Simulator.Scripts;
using Tests.TestKit;

namespace Tests.Conformance;

/// <summary>One thing that a client can ask for, in each client's words, and what the provider answers.</summary>
internal sealed record Scenario(string Name)
{
    /// <summary>Members of the request beside model and stream, as JSON; null where the format has no words for it.</summary>
    public required Func<ClientFormat, SimulatedProvider, string?> Request { get; init; }

    public Answer Answer { get; init; } = new() { Text = "All is well." };

    /// <summary>What must stand in the request that the provider gets, unless its loss was reported: nothing gets lost in silence.</summary>
    public string? Marker { get; init; }

    /// <summary>What must be in the answer that the client gets; the reason why it is not, else null.</summary>
    public Func<Translation.AnswerSummary, string?> Check { get; init; } = answer => answer.Text.Contains("All is well.", StringComparison.Ordinal) ? null : "the text is missing";

    /// <summary>The losses that are about this feature; others come with it by the way.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The call is to fail with this status, in the client's format.</summary>
    public int? ExpectedStatus { get; init; }

    /// <summary>The same members for all formats but for the name of the conversation.</summary>
    public static Func<ClientFormat, SimulatedProvider, string?> With(string? chat, string? responses, string? messages) => (format, _) => format switch
    {
        ClientFormat.Chat => chat is null ? null : chat.Contains("\"messages\"", StringComparison.Ordinal) ? chat : $"{ChatPrompt},{chat}",
        ClientFormat.Responses => responses is null ? null : responses.Contains("\"input\"", StringComparison.Ordinal) ? responses : $"\"input\":\"Hello.\",{responses}",
        _ => messages is null ? null
            : (messages.Contains("\"max_tokens\"", StringComparison.Ordinal) ? "" : "\"max_tokens\":4096,")
                + (messages.Contains("\"messages\"", StringComparison.Ordinal) ? messages : $"{ChatPrompt},{messages}"),
    };

    private const string ChatPrompt = """
        "messages":[{"role":"user","content":"Hello."}]
        """;

    public override string ToString() => Name;
}
