using Gateway.Contracts.Audit;

namespace ServiceDefaults.Audit;

/// <summary><c>--verify-audit</c>: the program verifies its chains, says what it found, and starts nothing.</summary>
public static class AuditCommand
{
    private const string Argument = "--verify-audit";

    public static bool IsAsked(string[] args) => args.Contains(Argument, StringComparer.Ordinal);

    /// <summary>What is left of the arguments, for the configuration.</summary>
    internal static string[] WithoutIt(string[] args) => [.. args.Where(arg => arg != Argument)];

    /// <summary>The exit code: 0 when everything is as it was written, and was compared with all that there is to compare it with.</summary>
    internal static async Task<int> RunAsync(IServiceProvider services, TextWriter output)
    {
        var report = await AuditExtensions.VerifyAllAsync(services, CancellationToken.None);
        foreach (var verdict in report.Chains)
        {
            await output.WriteLineAsync(Describe(verdict));
        }

        await output.WriteLineAsync(report.Valid ? "audit log: good" : "audit log: NOT GOOD");
        return report.Valid ? 0 : 1;
    }

    private static string Describe(AuditVerdict verdict)
        => $"{verdict.Chain} ({verdict.Place}): "
            + (verdict.Valid
                ? $"{verdict.Rows} rows, good" + (verdict.NotCopied > 0 ? $"; {verdict.NotCopied} not copied yet" : "")
                : $"{verdict.Rows} good rows, then: {verdict.Problem}" + (verdict.FirstBad?.Id is { } id ? $" (entry {id})" : ""));
}
