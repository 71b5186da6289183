using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;

namespace Gateway.Cli.Keys;

internal sealed class CreateKeyCommand : CliCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "What the key is called in lists and in the log." };
    private readonly Option<string?> _project = new("--project") { Description = "The project it belongs to, by its name or id.", HelpName = "PROJECT" };
    private readonly Option<decimal?> _budget = new("--budget") { Description = "Dollars that it may spend.", HelpName = "USD" };
    private readonly Option<string?> _period = new("--period") { Description = "When the budget is full again; without it, never.", HelpName = "daily|weekly|monthly" };
    private readonly Option<long?> _rpm = new("--rpm") { Description = "Requests in any minute.", HelpName = "N" };
    private readonly Option<long?> _tpm = new("--tpm") { Description = "Tokens in any minute.", HelpName = "N" };
    private readonly Option<int?> _parallel = new("--parallel") { Description = "Calls at the same time.", HelpName = "N" };
    private readonly Option<string[]> _models = new("--model") { Description = "A model that it may call, or the start of names and '*'. Can be repeated.", HelpName = "PATTERN" };
    private readonly Option<string?> _expires = new("--expires") { Description = "From now (12h, 30d), or a time (2027-01-31T00:00:00Z).", HelpName = "WHEN" };

    public CreateKeyCommand(CommandLine line)
        : base("create", "Makes a virtual key and shows its secret, once.", line)
    {
        Add(_name);
        foreach (var option in (Option[])[_project, _budget, _period, _rpm, _tpm, _parallel, _models, _expires])
        {
            Add(option);
        }

        Examples =
        [
            "gateway keys create ci-bot",
            "gateway keys create ci-bot --budget 5 --period daily --rpm 60 --model 'gpt-*' --model echo",
            "GATEWAY_KEY=$(gateway keys create try --expires 1h --json | jq -r .key)",
        ];
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var gateway = run.ConnectAsAdmin();
        var body = new JsonObject { ["name"] = run.Get(_name) };
        Set("project_id", run.Get(_project) is { } project ? await Projects.FindAsync(gateway, project, cancellationToken) : null);
        Set("budget_limit", run.Get(_budget));
        Set("budget_period", run.Get(_period));
        Set("rpm_limit", run.Get(_rpm));
        Set("tpm_limit", run.Get(_tpm));
        Set("max_parallel", run.Get(_parallel));
        Set("allowed_models", run.Get(_models) is { Length: > 0 } models ? new JsonArray([.. models.Select(model => JsonValue.Create(model))]) : null);
        Set("expires_at", run.Get(_expires) is { } expires ? Moments.After(run.Surroundings.Time, "--expires", expires) : null);

        var key = await gateway.SendAsync(HttpMethod.Post, "/admin/keys", body, cancellationToken);
        if (run.Report.IsJson)
        {
            run.Report.WriteJson(key);
            return ExitCodes.Done;
        }

        var secret = Cells.Text(key!["key"]);
        run.Report.WriteFields(
            ("key", secret),
            ("id", Cells.Text(key["id"])),
            ("budget", key["budget_limit"] is { } budget ? $"{Cells.Usd(budget)} {(key["budget_period"] is { } period ? Cells.Text(period) : "in all")}" : null),
            ("expires", key["expires_at"] is { } at ? Cells.Time(at) : null));
        run.Report.Note(
            $"""
            The key is shown here and never again. With it, any OpenAI SDK works at {gateway.Url}/v1, and Anthropic's at {gateway.Url}:

              export {GlobalOptions.KeyVariable}={secret}
              curl {gateway.Url}/v1/models -H "Authorization: Bearer ${GlobalOptions.KeyVariable}"
            """);
        return ExitCodes.Done;

        void Set(string name, JsonNode? value)
        {
            if (value is not null)
            {
                body[name] = value;
            }
        }
    }
}
