using System.CommandLine;
using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;
using Gateway.Configuration;
using Gateway.Configuration.Plans;

namespace Gateway.Cli.Files;

/// <summary>A command about a configuration file: what the library throws is said as everything else is.</summary>
internal abstract class FileCommand(string name, string description, CommandLine line) : CliCommand(name, description, line)
{
    protected static Argument<string> CreateFileArgument() => new("FILE")
    {
        Description = "The file (gateway.yaml).", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => "gateway.yaml",
    };

    protected sealed override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        try
        {
            return await RunWithFileAsync(run, cancellationToken);
        }
        catch (ConfigurationException exception)
        {
            throw new CommandException(exception.Message, innerException: exception) { Code = "invalid_configuration", Fields = Faults.ToJson(exception.Faults) };
        }
        catch (AdminApiException exception)
        {
            throw Refusal.Of((int?)exception.Status, exception.Message, exception);
        }
        catch (HttpRequestException exception)
        {
            throw GatewayClient.Unreachable(run.FindUrl().AbsoluteUri.TrimEnd('/'), exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw GatewayClient.Silent(run.FindUrl().AbsoluteUri.TrimEnd('/'), run.Surroundings.Patience, exception);
        }
    }

    protected abstract Task<int> RunWithFileAsync(CommandRun run, CancellationToken cancellationToken);

    /// <summary>Its references lead to the environment, and to <c>.env</c> here.</summary>
    protected static async Task<GatewayFile> LoadAsync(CommandRun run, string file, bool resolves, CancellationToken cancellationToken)
    {
        var path = run.ToPath(file);
        return File.Exists(path)
            ? await GatewayFile.LoadAsync(path, new GatewayFileOptions { Environment = run.Surroundings.Variable, ResolvesReferences = resolves }, cancellationToken)
            : throw new CommandException($"There is no file '{path}'.", "'gateway init' writes one, 'gateway export' another one of what a gateway has.", ExitCodes.Usage);
    }
}
