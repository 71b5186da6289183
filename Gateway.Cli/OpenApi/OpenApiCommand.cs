using Gateway.Cli.Invocation;

namespace Gateway.Cli.OpenApi;

/// <summary>The description of the API that this gateway has.</summary>
internal sealed class OpenApiCommand : CliCommand
{
    private const string Path = "/openapi/v1.json";

    public OpenApiCommand(CommandLine line)
        : base("openapi", "Prints the OpenAPI document of a gateway that runs.", line)
        => Examples = ["gateway openapi > openapi.json", "gateway openapi --url https://gateway.example.com"];

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var gateway = run.Connect();
        run.Report.WriteJson(await gateway.GetAsync(Path, cancellationToken));
        return ExitCodes.Done;
    }
}
