using System.CommandLine;
using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;

namespace Gateway.Cli.Logs;

/// <summary>Which calls are meant: the usual filters by name, and every other one of the API by <c>--where</c>.</summary>
internal sealed class LogFilters
{
    private readonly Option<string?> _model = new("--model") { Description = "Calls that asked for this name.", HelpName = "NAME" };
    private readonly Option<string?> _provider = new("--provider") { Description = "Calls that this provider answered.", HelpName = "NAME" };
    private readonly Option<string?> _project = new("--project") { Description = "Calls of this project's keys.", HelpName = "NAME" };
    private readonly Option<string?> _status = new("--status") { Description = "Calls that ended with this status.", HelpName = "STATUS" };
    private readonly Option<bool> _errors = new("--errors") { Description = "Calls that were not answered in full." };
    private readonly Option<string?> _since = new("--since") { Description = "Calls of the last 15m, 12h, 30d; or since a time.", HelpName = "WHEN" };
    private readonly Option<string?> _until = new("--until") { Description = "Calls before then.", HelpName = "WHEN" };
    private readonly Option<string[]> _where = new("--where")
    {
        Description = "Another filter of GET /admin/logs: key=ci-bot, stream=true, min_cost=0.01. Can be repeated.", HelpName = "NAME=VALUE",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_model, _provider, _project, _status, _errors, _since, _until, _where])
        {
            command.Add(option);
        }
    }

    public IEnumerable<(string Name, string? Value)> Read(CommandRun run)
    {
        yield return ("alias", run.Get(_model));
        yield return ("provider", run.Get(_provider));
        yield return ("project", run.Get(_project));
        yield return ("status", run.Get(_status));
        yield return ("errors", run.Get(_errors) ? "true" : null);
        yield return ("from", run.Get(_since) is { } since ? Moments.Before(run.Surroundings.Time, "--since", since) : null);
        yield return ("to", run.Get(_until) is { } until ? Moments.Before(run.Surroundings.Time, "--until", until) : null);
        foreach (var filter in Filters.Read("--where", run.Get(_where)))
        {
            yield return filter;
        }
    }
}
