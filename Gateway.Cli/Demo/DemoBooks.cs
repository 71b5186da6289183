using Gateway.Cli.Connection;
using Gateway.Cli.Output;

namespace Gateway.Cli.Demo;

/// <summary>What the gateway itself has counted for the projects of the demonstration.</summary>
internal sealed record DemoBooks(long Requests, long PromptTokens, long CompletionTokens, decimal Cost)
{
    private const int Looks = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public static async Task<DemoBooks> ReadAsync(GatewayClient gateway, IReadOnlyList<string> projects, CancellationToken cancellationToken)
    {
        var rows = projects.Count == 0
            ? []
            : (await gateway.GetAsync("/admin/usage?group_by=project", cancellationToken))["data"]!.AsArray().Where(row => projects.Contains(Cells.Text(row!["group"]))).ToList();
        return new DemoBooks(Sum("requests"), Sum("prompt_tokens"), Sum("completion_tokens"), rows.Sum(row => row!["cost"]!.GetValue<decimal>()));

        long Sum(string name) => rows.Sum(row => row![name]!.GetValue<long>());
    }

    /// <summary>Records arrive in batches, moments after their calls: they are waited for, and not for ever.</summary>
    public static async Task<DemoBooks> ReadSinceAsync(
        DemoBooks before, GatewayClient gateway, IReadOnlyList<string> projects, int expected, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var look = 1; ; look++)
        {
            var since = (await ReadAsync(gateway, projects, cancellationToken)).Minus(before);
            if (look == Looks || since.Requests >= expected)
            {
                return since;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private DemoBooks Minus(DemoBooks other)
        => new(Requests - other.Requests, PromptTokens - other.PromptTokens, CompletionTokens - other.CompletionTokens, Cost - other.Cost);
}
