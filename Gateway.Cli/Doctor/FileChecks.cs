using Gateway.Cli.Invocation;

namespace Gateway.Cli.Doctor;

/// <summary>What the next start would read.</summary>
internal static class FileChecks
{
    public static readonly IReadOnlyList<string> KeyVariables =
    [
        "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "AZURE_OPENAI_API_KEY", "AWS_ACCESS_KEY_ID", "CEREBRAS_API_KEY", "DEEPINFRA_TOKEN",
        "GROQ_API_KEY", "MISTRAL_API_KEY", "OPENROUTER_API_KEY", "TOGETHER_API_KEY", "XAI_API_KEY", "DEEPSEEK_API_KEY", "OLLAMA_BASE_URL",
    ];

    public static Finding Configuration(CommandRun run, string? given)
    {
        const string Check = "configuration";
        var path = run.ToPath(given ?? run.Surroundings.Variable("Gateway__ConfigFile") ?? "gateway.yaml");
        return File.Exists(path) ? Finding.Ok(Check, path)
            : given is null ? Finding.Ok(Check, "no file: what the admin API was told counts")
            : Finding.Fail(Check, $"there is no file '{path}'", "'gateway init' writes one.");
    }

    public static Finding ProviderKeys(CommandRun run)
    {
        var set = KeyVariables.Where(name => run.Surroundings.Variable(name) is not null).ToList();
        return Finding.Ok("environment", set.Count == 0 ? "no provider key is set here" : $"set here: {string.Join(", ", set)}");
    }
}
