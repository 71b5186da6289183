using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Gateway.Cli.Audit;
using Gateway.Cli.Demo;
using Gateway.Cli.Doctor;
using Gateway.Cli.Files;
using Gateway.Cli.Invocation;
using Gateway.Cli.Keys;
using Gateway.Cli.Logs;
using Gateway.Cli.Models;
using Gateway.Cli.OpenApi;
using Gateway.Cli.Output;
using Gateway.Cli.Serving;
using Gateway.Cli.Starting;
using Gateway.Cli.Usage;

namespace Gateway.Cli;

/// <summary><c>gateway</c> and all of its commands.</summary>
internal static class GatewayCommand
{
    private const string Description =
        """
        An LLM gateway: one URL and one key in front of every language model.

        'gateway serve' runs it; the other commands talk to one that runs, at --url.
        Exit codes: 0 done, 1 failed, 2 the plan has changes, 64 wrong usage, 69 no gateway answers, 77 no key or a wrong one, 130 interrupted.
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> args, Surroundings surroundings, CancellationToken cancellationToken = default)
    {
        var line = new CommandLine(surroundings);
        var result = Build(line).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        // A mistyped option would be taken for the name of something.
        if (result.Action is not HelpWithExamples
            && result.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).FirstOrDefault(token => token.Value.StartsWith('-')) is { } option)
        {
            return FailUsage(result, line, $"There is no option '{option.Value}'.");
        }

        if (result.Action is ParseErrorAction)
        {
            // What cannot be understood is the reason that a command is missing.
            var messages = result.Errors.Select(error => error.Message).Distinct().ToList();
            return FailUsage(result, line, string.Join(' ', result.UnmatchedTokens.Count > 0 && messages.Count > 1 ? messages.Skip(1) : messages));
        }

        return await result.InvokeAsync(
            new InvocationConfiguration
            {
                Output = surroundings.Output,
                Error = surroundings.Error,
                EnableDefaultExceptionHandler = false,

                // A server ends in its own time, and hears of Ctrl-C by itself.
                ProcessTerminationTimeout = result.CommandResult.Command is ServeCommand ? null : TimeSpan.FromSeconds(30),
            },
            cancellationToken);
    }

    internal static RootCommand Build(CommandLine line)
    {
        var root = new RootCommand(Description);
        line.Options.AddTo(root);
        root.Add(new ServeCommand(line));
        root.Add(new InitCommand(line));
        root.Add(new DemoCommand(line));
        root.Add(new DoctorCommand(line));
        root.Add(new CommandGroup("keys", "Virtual keys: what clients call the gateway with.")
        {
            new CreateKeyCommand(line), new ListKeysCommand(line), new RevokeKeyCommand(line),
        });
        root.Add(new CommandGroup("models", "Models that clients can name.") { new ListModelsCommand(line), new TestModelCommand(line) });
        root.Add(new LogsCommand(line));
        root.Add(new UsageCommand(line));
        root.Add(new CommandGroup("audit", "The log of what administrators did.") { new VerifyAuditCommand(line) });
        root.Add(new ValidateCommand(line));
        root.Add(new PlanCommand(line));
        root.Add(new ApplyCommand(line));
        root.Add(new ExportCommand(line));
        root.Add(new CommandGroup("import", "What another gateway is configured with, as a gateway.yaml.")
        {
            new ImportLiteLlmCommand(line), new ImportRouterServicesCommand(line),
        });
        root.Add(new OpenApiCommand(line));
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        }

        return root;
    }

    private static int FailUsage(ParseResult result, CommandLine line, string message)
    {
        var command = result.CommandResult.Command;
        var name = string.Join(' ', Names(command).Reverse());
        line.CreateReport(result).Fail(new CommandException(message, $"'{name} --help' shows how it is used.", ExitCodes.Usage));
        return ExitCodes.Usage;
    }

    private static IEnumerable<string> Names(Symbol command)
    {
        for (Symbol? symbol = command; symbol is not null; symbol = symbol.Parents.FirstOrDefault())
        {
            yield return symbol is RootCommand ? "gateway" : symbol.Name;
        }
    }
}
