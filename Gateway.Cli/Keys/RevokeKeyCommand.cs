using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;

namespace Gateway.Cli.Keys;

internal sealed class RevokeKeyCommand : CliCommand
{
    private readonly Argument<string> _key = new("KEY") { Description = "Its id, its name, or the start of its secret that lists show." };

    public RevokeKeyCommand(CommandLine line)
        : base("revoke", "Ends a virtual key for ever. Its calls stay in the log.", line)
    {
        Add(_key);
        Examples = ["gateway keys revoke ci-bot", "gateway keys revoke 019a1b2c-…"];
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var gateway = run.ConnectAsAdmin();
        var key = await FindAsync(gateway, run.Get(_key)!, cancellationToken);
        await gateway.SendAsync(HttpMethod.Delete, $"/admin/keys/{Cells.Text(key["id"])}", body: null, cancellationToken);
        if (run.Report.IsJson)
        {
            run.Report.WriteJson(new JsonObject { ["id"] = key["id"]!.DeepClone(), ["name"] = key["name"]!.DeepClone(), ["status"] = "revoked" });
        }
        else
        {
            run.Report.WriteLine($"Revoked '{Cells.Clean(Cells.Text(key["name"]))}' ({Cells.Text(key["key_prefix"])}…).");
        }

        return ExitCodes.Done;
    }

    private static async Task<JsonNode> FindAsync(GatewayClient gateway, string text, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(text, out var id))
        {
            return await gateway.GetAsync($"/admin/keys/{id}", cancellationToken);
        }

        var found = new List<JsonNode>();
        await foreach (var key in AllAsync(gateway, cancellationToken))
        {
            if (Cells.Text(key["name"]) == text || Cells.Text(key["key_prefix"]) == text)
            {
                found.Add(key);
            }
        }

        return found switch
        {
            [var only] => only,
            [] => throw new CommandException($"There is no key '{text}'.", "'gateway keys list' shows them."),
            _ => throw new CommandException(
                $"{found.Count} keys are called '{text}': {string.Join(", ", found.Select(key => $"{Cells.Text(key["id"])} ({Cells.Text(key["key_prefix"])}…)"))}.",
                "Say which one by its id.",
                ExitCodes.Usage),
        };
    }

    private static async IAsyncEnumerable<JsonNode> AllAsync(
        GatewayClient gateway, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var offset = 0; ;)
        {
            var page = (await gateway.GetAsync($"/admin/keys?limit=200&offset={offset}", cancellationToken))["data"]!.AsArray();
            foreach (var key in page)
            {
                yield return key!;
            }

            if (page.Count < 200)
            {
                yield break;
            }

            offset += page.Count;
        }
    }
}
