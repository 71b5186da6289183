using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Invocation;

namespace Gateway.Cli.Files;

/// <summary>Where a file that a command makes goes: to standard output, or to a place where none is yet.</summary>
internal sealed class OutputFile
{
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Writes it there, and not to standard output.", HelpName = "FILE" };
    private readonly Option<bool> _force = new("--force") { Description = "Also where there is a file." };

    public void AddTo(Command command)
    {
        command.Add(_output);
        command.Add(_force);
    }

    /// <param name="more">Further members of the answer in JSON.</param>
    public async Task WriteAsync(CommandRun run, string yaml, JsonObject more, CancellationToken cancellationToken)
    {
        if (run.Get(_output) is not { } output)
        {
            if (run.Report.IsJson)
            {
                more["yaml"] = yaml;
                run.Report.WriteJson(more);
            }
            else
            {
                await run.Surroundings.Output.WriteAsync(yaml.AsMemory(), cancellationToken);
            }

            return;
        }

        var path = run.ToPath(output);
        if (File.Exists(path) && !run.Get(_force))
        {
            throw new CommandException($"'{path}' is there already.", "--force writes it anew.");
        }

        // A gateway may follow the file: half of it would delete the other half.
        var next = path + ".next";
        await File.WriteAllTextAsync(next, yaml, cancellationToken);
        File.Move(next, path, overwrite: true);
        if (run.Report.IsJson)
        {
            more["file"] = path;
            run.Report.WriteJson(more);
        }
        else
        {
            run.Report.WriteLine($"Written: {output}");
        }
    }
}
