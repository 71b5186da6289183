using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;
using Gateway.Cli.Serving;

namespace Gateway.Cli.Demo;

/// <summary>The gateway that the calls go to: one that runs, or one of this command's own.</summary>
internal sealed class DemoSession : IAsyncDisposable
{
    private readonly string? _temporaryDirectory;

    private DemoSession(GatewayClient gateway, string? virtualKey, HostedGateway? hosted = null, string? temporaryDirectory = null)
        => (Gateway, VirtualKey, Hosted, _temporaryDirectory) = (gateway, virtualKey, hosted, temporaryDirectory);

    public GatewayClient Gateway { get; }

    /// <summary>Set where there is no admin key to make others with.</summary>
    public string? VirtualKey { get; }

    /// <summary>Null where another process runs it.</summary>
    public HostedGateway? Hosted { get; }

    public static async Task<DemoSession> OpenAsync(CommandRun run, string? data, CancellationToken cancellationToken)
    {
        var url = run.FindUrl();
        if (await IsThereAsync(run, url, cancellationToken))
        {
            return run.AdminKey is { } adminKey
                ? new DemoSession(new GatewayClient(url, adminKey, run.Surroundings), virtualKey: null)
                : new DemoSession(new GatewayClient(url, adminKey: null, run.Surroundings), run.VirtualKey ?? throw new CommandException(
                    $"The gateway at {url} needs a key.",
                    $"Set {GlobalOptions.AdminKeyVariable}, and projects and keys are made for the demonstration; or {GlobalOptions.KeyVariable}, and all calls are made with that.",
                    ExitCodes.NotAllowed));
        }

        var temporaryDirectory = data is null ? Directory.CreateTempSubdirectory("gateway-demo-").FullName : null;
        run.Report.Note($"No gateway answers at {url}: starting one.");
        try
        {
            var hosted = await HostedGateway.StartAsync(temporaryDirectory ?? run.ToPath(data!), url, cancellationToken);
            return new DemoSession(new GatewayClient(hosted.Url, hosted.AdminKey, run.Surroundings), virtualKey: null, hosted, temporaryDirectory);
        }
        catch
        {
            Delete(temporaryDirectory);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Gateway.Dispose();
        if (Hosted is not null)
        {
            await Hosted.DisposeAsync();
        }

        Delete(_temporaryDirectory);
    }

    private static async Task<bool> IsThereAsync(CommandRun run, Uri url, CancellationToken cancellationToken)
    {
        using var gateway = new GatewayClient(url, adminKey: null, run.Surroundings);
        try
        {
            await gateway.GetAsync("/alive", cancellationToken);
            return true;
        }
        catch (CommandException exception) when ((!run.IsUrlGiven || url.IsLoopback) && exception.InnerException is HttpRequestException)
        {
            // One that is silent would be in the way of another.
            return false;
        }
    }

    private static void Delete(string? directory)
    {
        if (directory is not null)
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
