using Gateway.Contracts;

namespace Tests.Faults;

/// <summary>A provider that the simulator plays for the table.</summary>
/// <param name="Path">Behind the simulator's address.</param>
internal sealed record FaultProvider(string Name, string Type, string Path)
{
    private const string Compatible = "compatible";
    private const string OpenAI = "openai";
    private const string Azure = "azure";
    private const string Anthropic = "anthropic";
    private const string Gemini = "gemini";
    private const string Vertex = "vertex";
    private const string Bedrock = "bedrock";

    public static IReadOnlyList<FaultProvider> All { get; } =
    [
        new(Compatible, "openai_compatible", "/v1"),
        new(OpenAI, "openai", "/v1"),
        new(Azure, "azure", ""),
        new(Anthropic, "anthropic", ""),
        new(Gemini, "gemini", "/v1beta"),
        new(Vertex, "vertex", "") { Settings = { ["project"] = "a-project" } },
        new(Bedrock, "bedrock", "") { Settings = { ["region"] = "us-east-1" } },
    ];

    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>One that speaks as the client does, and two of the others by turns.</summary>
    public static IReadOnlyList<FaultProvider> For(ClientFormat format, int turn)
    {
        var names = Names(format);
        var others = names.Length - 1;
        return [Get(names[0]), Get(names[1 + (turn % others)]), Get(names[1 + ((turn + 2) % others)])];
    }

    public static FaultProvider Get(string name) => All.Single(provider => provider.Name == name);

    public bool IsNativeTo(ClientFormat format) => format switch
    {
        ClientFormat.Chat => Name is Compatible or OpenAI or Azure,
        ClientFormat.Responses => Name is OpenAI or Azure,
        _ => Name == Anthropic,
    };

    /// <summary>What it is spoken to in, as the simulator calls it.</summary>
    public string Protocol(ClientFormat format) => Name switch
    {
        Compatible => "openai-chat",
        OpenAI => format == ClientFormat.Chat ? "openai-chat" : "openai-responses",
        Azure => format == ClientFormat.Chat ? "azure" : "openai-responses",
        Vertex => Gemini,
        _ => Name,
    };

    public override string ToString() => Name;

    private static string[] Names(ClientFormat format) => format switch
    {
        ClientFormat.Chat => [Compatible, Azure, Anthropic, Gemini, Bedrock],
        ClientFormat.Responses => [OpenAI, Compatible, Anthropic, Vertex, Bedrock],
        _ => [Anthropic, Compatible, OpenAI, Gemini, Bedrock],
    };
}
