using System.CommandLine;
using Gateway.Cli;
using Gateway.Cli.Invocation;
using Shouldly;
using Xunit;

namespace Tests.CommandLine;

public sealed class HelpTests
{
    public static TheoryData<string> Commands { get; } = [.. Walk(Build(), "").Select(command => command.Path)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_OfEveryCommand_SaysWhatItDoesAndShowsHow(string path)
    {
        var said = await new CommandScene().RunAsync([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        said.ExitCode.ShouldBe(0);
        var command = (CliCommand)Walk(Build(), "").Single(found => found.Path == path).Command;
        said.Output.ShouldContain(command.Description!);
        command.Examples.ShouldNotBeEmpty();
        foreach (var example in command.Examples)
        {
            said.Output.ShouldContain(example);
            example.ShouldContain($"gateway {path}");
        }

        command.Options.Where(option => string.IsNullOrEmpty(option.Description)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("kes", "kes", "gateway --help")]
    [InlineData("keys", "command", "gateway keys --help")]
    [InlineData("keys create", "argument", "gateway keys create --help")]
    [InlineData("keys list --limit many", "many", "gateway keys list --help")]
    [InlineData("logs --colour red", "--colour", "gateway logs --help")]
    [InlineData("keys revoke --all", "--all", "gateway keys revoke --help")]
    [InlineData("demo --calls 0", "--calls", null)]
    [InlineData("logs --where model", "--where", null)]
    [InlineData("logs --since yesterday", "--since", null)]
    [InlineData("serve now", "now", null)]
    [InlineData("serve --Usage:RetentionDays", "--Usage:RetentionDays", null)]
    [InlineData("serve --config nowhere.yaml", "nowhere.yaml", null)]
    [InlineData("doctor --url localhost", "localhost", null)]
    public async Task Command_WhenItIsNotUnderstood_SaysWhatAndEndsWith64(string line, string named, string? advice)
    {
        var scene = new CommandScene { Variables = { ["GATEWAY_ADMIN_KEY"] = "not-asked-for" } };

        var said = await scene.RunAsync(line.Split(' '));
        var json = await scene.RunAsync([.. line.Split(' '), "--json"]);

        said.ExitCode.ShouldBe(64, said.All);
        said.Output.ShouldNotContain("Usage:");
        said.Error.ShouldStartWith("error: ");
        said.Error.ShouldContain(named);
        said.Error.ShouldContain(advice ?? "");
        json.ExitCode.ShouldBe(64);
        json.ErrorJson["message"]!.GetValue<string>().ShouldContain(named);
        json.ErrorJson["exit_code"]!.GetValue<int>().ShouldBe(64);
    }

    private static RootCommand Build() => GatewayCommand.Build(new Gateway.Cli.Invocation.CommandLine(new Surroundings
    {
        Output = TextWriter.Null, Error = TextWriter.Null, Variable = _ => null, Directory = "/",
    }));

    /// <summary>All that do something.</summary>
    private static IEnumerable<(string Path, Command Command)> Walk(Command command, string path) => command.Subcommands.Count == 0
        ? [(path, command)]
        : command.Subcommands.SelectMany(inner => Walk(inner, path.Length == 0 ? inner.Name : $"{path} {inner.Name}"));
}
