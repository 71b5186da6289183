using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Invocation;

namespace Gateway.Cli.Starting;

/// <summary>The first two files of somebody who has none.</summary>
internal sealed class InitCommand : CliCommand
{
    private const string Yaml = "gateway.yaml";
    private const string Env = ".env";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Option<bool> _force = new("--force") { Description = "Writes them anew; what was there is kept beside them, as .bak." };

    public InitCommand(CommandLine line)
        : base("init", "Writes gateway.yaml and .env here, with the providers whose keys are in the environment.", line)
    {
        Add(_force);
        Examples = ["gateway init && gateway serve --config gateway.yaml", "OPENAI_API_KEY=sk-… gateway init"];
    }

    protected override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var providers = KnownProvider.In(run.Surroundings.Variable);
        List<(string Path, string Text, bool IsSecret)> files =
        [
            (run.ToPath(Yaml), FirstFiles.WriteYaml(providers), false),
            (run.ToPath(Env), FirstFiles.WriteEnv(providers), true),
        ];
        var existing = files.Where(file => File.Exists(file.Path)).ToList();
        if (existing.Count > 0 && !run.Get(_force))
        {
            throw new CommandException(
                $"{string.Join(" and ", existing.Select(file => Path.GetFileName(file.Path)))} would be overwritten: nothing was written.",
                "With --force what is there is kept as .bak.");
        }

        foreach (var (path, _, _) in existing)
        {
            File.Move(path, path + ".bak", overwrite: true);
        }

        foreach (var (path, text, isSecret) in files)
        {
            Write(path, text, isSecret);
        }

        Say(run, [.. files.Select(file => file.Path)], providers);
        return Task.FromResult(ExitCodes.Done);
    }

    private static void Write(string path, string text, bool isSecret)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (isSecret && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }

    private static void Say(CommandRun run, IReadOnlyList<string> paths, IReadOnlyList<KnownProvider> providers)
    {
        if (run.Report.IsJson)
        {
            run.Report.WriteJson(new JsonObject
            {
                ["files"] = new JsonArray([.. paths.Select(path => JsonValue.Create(path))]),
                ["providers"] = new JsonArray([.. providers.Select(provider => JsonValue.Create(provider.Name))]),
            });
            return;
        }

        run.Report.WriteLine($"Written: {string.Join(", ", paths.Select(Path.GetFileName))}");
        run.Report.WriteLine(providers.Count == 0
            ? "No provider key is set in the environment: the model 'fast' is simulated, for now."
            : $"Providers by the keys of the environment: {string.Join(", ", providers.Select(provider => provider.Name))}");
        run.Report.WriteLine();
        run.Report.WriteLine("Next:");
        run.Report.WriteLine("  gateway serve --config gateway.yaml");
        run.Report.WriteLine("  gateway models test fast          (in another terminal, here: the keys are read from .env)");
    }
}
