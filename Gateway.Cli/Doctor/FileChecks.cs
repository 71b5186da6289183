using Gateway.Cli.Invocation;
using Gateway.Cli.Starting;

namespace Gateway.Cli.Doctor;

/// <summary>What the next start would read.</summary>
internal static class FileChecks
{
    /// <summary>Beside keys alone: these make a provider with further variables.</summary>
    private static readonly string[] OtherVariables = ["AZURE_OPENAI_API_KEY", "AWS_ACCESS_KEY_ID", "AWS_BEARER_TOKEN_BEDROCK", "OLLAMA_BASE_URL", "ROUTER_SERVICES"];

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
        var set = KnownProvider.All.Select(provider => provider.Variable).Concat(OtherVariables).Where(name => run.Surroundings.Variable(name) is not null).ToList();
        return Finding.Ok("environment", set.Count == 0 ? "no provider key is set here" : $"set here: {string.Join(", ", set)}");
    }
}
