using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Cli.Calls;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;

namespace Gateway.Cli.Models;

/// <summary>One small call, as a client makes it.</summary>
internal sealed class TestModelCommand : CliCommand
{
    private readonly Argument<string> _model = new("NAME") { Description = "As a client names it: an alias, or provider/model." };
    private readonly Option<int> _tokens = new("--tokens") { Description = "The longest answer (1).", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _prompt = new("--prompt") { Description = "What to say to it.", HelpName = "TEXT", DefaultValueFactory = _ => TestCall.Prompt };

    public TestModelCommand(CommandLine line)
        : base("test", "Calls a model for one token, and shows who answered, how fast, and what it cost.", line)
    {
        Add(_model);
        Add(_tokens);
        Add(_prompt);
        Examples = ["gateway models test echo", "gateway models test openai/gpt-5-mini --tokens 20 --prompt 'Who are you?'"];
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var gateway = run.Connect();
        var model = run.Get(_model)!;
        await using var key = await TemporaryKey.FindOrMakeAsync(run, gateway, $"models test {model}", cancellationToken);
        var answer = await TestCall.RunAsync(gateway, key.Secret, model, run.Get(_prompt)!, run.Get(_tokens), run.Surroundings.Time, cancellationToken);
        if (run.Report.IsJson)
        {
            run.Report.WriteJson(ToJson(model, answer));
        }
        else
        {
            run.Report.WriteFields(
                ("answer", answer.Text.Length == 0 ? "(empty: more --tokens may help)" : answer.Text),
                ("provider", answer.Provider),
                ("model", answer.UpstreamModel),
                ("attempts", answer.Attempts > 1 ? answer.Attempts.ToString(CultureInfo.InvariantCulture) : null),
                ("time", Cells.Milliseconds(answer.Milliseconds)),
                ("gateway's own", Cells.Milliseconds(answer.OverheadMilliseconds)),
                ("tokens", $"{answer.PromptTokens} in, {answer.CompletionTokens} out"),
                ("cost", answer.Cost is { } cost ? Cells.Usd(cost) : "unknown: the model has no price"),
                ("request", answer.RequestId));
        }

        return ExitCodes.Done;
    }

    private static JsonObject ToJson(string model, TestAnswer answer) => new()
    {
        ["model"] = model,
        ["answer"] = answer.Text,
        ["provider"] = answer.Provider,
        ["upstream_model"] = answer.UpstreamModel,
        ["attempts"] = answer.Attempts,
        ["latency_ms"] = Math.Round(answer.Milliseconds, 3),
        ["overhead_ms"] = answer.OverheadMilliseconds,
        ["prompt_tokens"] = answer.PromptTokens,
        ["completion_tokens"] = answer.CompletionTokens,
        ["cost"] = answer.Cost,
        ["request_id"] = answer.RequestId,
    };
}
