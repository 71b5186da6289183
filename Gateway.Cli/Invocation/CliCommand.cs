using System.CommandLine;
using ServiceDefaults.Settings;

namespace Gateway.Cli.Invocation;

/// <summary>A command: whatever goes wrong in it is said in one place, and in one way.</summary>
internal abstract class CliCommand : Command
{
    protected CliCommand(string name, string description, CommandLine line)
        : base(name, description)
        => SetAction((result, cancellationToken) => RunAsync(result, line, cancellationToken));

    /// <summary>Lines that somebody can copy, below the help.</summary>
    public IReadOnlyList<string> Examples { get; protected init; } = [];

    /// <summary>The exit code.</summary>
    protected abstract Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken);

    private async Task<int> RunAsync(ParseResult result, CommandLine line, CancellationToken cancellationToken)
    {
        var run = new CommandRun(result, line);
        try
        {
            return await RunAsync(run, cancellationToken);
        }
        catch (CommandException exception)
        {
            run.Report.Fail(exception);
            return exception.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // A connection that broke within an answer, or was not made in time.
            run.Report.Fail(new CommandException(
                $"The connection to {run.FindUrl().AbsoluteUri.TrimEnd('/')} failed: {exception.Message}", "Try again; the gateway's own log may say more.", ExitCodes.Unavailable, exception));
            return ExitCodes.Unavailable;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SettingsException)
        {
            run.Report.Fail(new CommandException(exception.Message, innerException: exception));
            return ExitCodes.Failed;
        }
    }
}
