using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Invocation;
using Gateway.Configuration;

namespace Gateway.Cli.Files;

internal sealed class ImportLiteLlmCommand : FileCommand
{
    private readonly Argument<string> _config = new("CONFIG") { Description = "LiteLLM's config.yaml." };
    private readonly Option<string?> _keys = new("--keys")
    {
        Description = "The rows of its table LiteLLM_VerificationToken, as JSON or CSV: its keys go on to work.", HelpName = "FILE",
    };

    private readonly OutputFile _output = new();

    public ImportLiteLlmCommand(CommandLine line)
        : base("litellm", "Turns a LiteLLM config.yaml, and its keys, into a gateway.yaml. Says what could not be carried over.", line)
    {
        Add(_config);
        Add(_keys);
        _output.AddTo(this);
        Examples = ["gateway import litellm config.yaml --output gateway.yaml", "gateway import litellm config.yaml --keys keys.json --json"];
    }

    protected override async Task<int> RunWithFileAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var config = await File.ReadAllTextAsync(run.ToPath(run.Get(_config)!), cancellationToken);
        var keys = run.Get(_keys) is { } file ? await File.ReadAllTextAsync(run.ToPath(file), cancellationToken) : null;
        return await Imported.WriteAsync(run, LiteLlmImport.Read(config, keys), _output, cancellationToken);
    }
}

/// <summary>What an import comes to: a file, and what is not in it.</summary>
internal static class Imported
{
    public static async Task<int> WriteAsync(CommandRun run, ImportResult result, OutputFile output, CancellationToken cancellationToken)
    {
        await output.WriteAsync(
            run, result.Yaml, new JsonObject { ["not_carried_over"] = new JsonArray([.. result.NotCarriedOver.Select(note => JsonValue.Create(note))]) }, cancellationToken);
        foreach (var note in run.Report.IsJson ? [] : result.NotCarriedOver)
        {
            run.Report.Warn(note);
        }

        return ExitCodes.Done;
    }
}
