using System.Text.Json;
using Gateway.Contracts.Audit;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServiceDefaults.Hosting;

namespace ServiceDefaults.Audit;

/// <summary><c>--verify-audit</c>: the program verifies its chains, says what it found, and starts nothing.</summary>
public static class AuditCommand
{
    public const string Argument = "--verify-audit";

    public static bool IsAsked(string[] args) => args.Contains(Argument, StringComparer.Ordinal);

    /// <summary>What is left of the arguments, for the configuration.</summary>
    internal static string[] WithoutIt(string[] args) => [.. args.Where(arg => arg != Argument)];

    /// <summary>The exit code: 0 when everything is as it was written, and was compared with all that there is to compare it with.</summary>
    internal static async Task<int> RunAsync(IServiceProvider services, HostConsole console)
    {
        var report = await AuditExtensions.VerifyAllAsync(services, CancellationToken.None);
        if (console.IsJson)
        {
            // As the admin API answers it.
            var options = services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
            console.WriteJson(JsonSerializer.SerializeToNode(report, options)!.AsObject());
        }
        else
        {
            foreach (var verdict in report.Chains)
            {
                await console.Output.WriteLineAsync(Describe(verdict));
            }

            await console.Output.WriteLineAsync(report.Valid ? "audit log: good" : "audit log: NOT GOOD");
        }

        return report.Valid ? 0 : 1;
    }

    private static string Describe(AuditVerdict verdict)
        => $"{verdict.Chain} ({verdict.Place}): "
            + (verdict.Valid
                ? $"{verdict.Rows} rows, good" + (verdict.NotCopied > 0 ? $"; {verdict.NotCopied} not copied yet" : "")
                : $"{verdict.Rows} good rows, then: {verdict.Problem}" + (verdict.FirstBad?.Id is { } id ? $" (entry {id})" : ""));
}
