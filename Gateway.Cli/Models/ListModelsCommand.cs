using System.Text.Json.Nodes;
using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;

namespace Gateway.Cli.Models;

/// <summary>An administrator sees where each name leads, the owner of a key what the key may name.</summary>
internal sealed class ListModelsCommand : CliCommand
{
    public ListModelsCommand(CommandLine line)
        : base("list", "Lists model names: with the admin key where each leads, with a virtual key what it may call.", line)
        => Examples = ["gateway models list", "gateway models list --json"];

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.AdminKey is not null)
        {
            using var gateway = run.ConnectAsAdmin();
            return Write(run.Report, await gateway.ListAsync("/admin/models", cancellationToken), OfAliases);
        }

        using var client = new GatewayClient(run.FindUrl(), run.VirtualKey ?? throw new CommandException(
            "This needs the admin key or a virtual key.", $"Set {GlobalOptions.AdminKeyVariable} or {GlobalOptions.KeyVariable}.", ExitCodes.NotAllowed), run.Surroundings);
        return Write(run.Report, await client.GetAsync("/v1/models", cancellationToken), OfNames);
    }

    private static int Write(Report report, JsonNode list, Func<JsonArray, Table> show)
    {
        if (report.IsJson)
        {
            report.WriteJson(list);
        }
        else
        {
            report.WriteTable(show(list["data"]!.AsArray()));
        }

        return ExitCodes.Done;
    }

    private static Table OfAliases(JsonArray models)
    {
        var table = new Table(new("NAME"), new("ROUTING"), new("PROVIDER"), new("MODEL"), new("ENABLED"));
        foreach (var model in models)
        {
            table.Add(
                Cells.Text(model!["alias"]),
                Cells.Text(model["routing_type"]),
                Cells.Text(model["provider"]),
                Cells.Text(model["model"]),
                model["enabled"]?.GetValue<bool>() == false ? "no" : "yes");
        }

        return table;
    }

    private static Table OfNames(JsonArray models)
    {
        var table = new Table(new("NAME"), new("OWNED BY"));
        foreach (var model in models)
        {
            table.Add(Cells.Text(model!["id"]), Cells.Text(model["owned_by"]));
        }

        return table;
    }
}
