using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Bench.Speed.Load;

/// <summary>The same closed loop by Debian's <c>wrk</c>: what our own generator finds must not be of its making. It sees statuses, not contents.</summary>
internal static partial class WrkLoad
{
    public const string Program = "/usr/bin/wrk";

    private const int Threads = 2;

    public static async Task<LoadResult> RunAsync(
        IPEndPoint endPoint, Workload workload, CallScript script, TimeSpan duration, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("gateway-wrk-");
        try
        {
            var request = Path.Combine(directory.FullName, "request");
            var lua = Path.Combine(directory.FullName, "request.lua");
            await File.WriteAllBytesAsync(request, script.Request, cancellationToken);
            await File.WriteAllTextAsync(lua, $"local raw = io.open('{request}', 'rb'):read('*a')\nrequest = function() return raw end\n", cancellationToken);
            var start = new ProcessStartInfo(Program, [$"-t{Threads}", $"-c{workload.Concurrency}", $"-d{Math.Max(1, (int)duration.TotalSeconds)}s", "-s", lua, $"http://{endPoint}"])
            {
                RedirectStandardOutput = true, UseShellExecute = false,
            };
            using var wrk = Process.Start(start)!;
            await using var end = cancellationToken.Register(() => wrk.Kill());
            return Read(await wrk.StandardOutput.ReadToEndAsync(cancellationToken));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static LoadResult Read(string output)
    {
        var total = Total().Match(output);
        var calls = total.Success ? int.Parse(total.Groups["calls"].ValueSpan, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"wrk: {output}");
        var errors = Errors().Matches(output).Sum(match => int.Parse(match.ValueSpan, CultureInfo.InvariantCulture));
        return new LoadResult
        {
            Calls = calls,
            Errors = errors,
            FirstError = errors > 0 ? output : null,
            Seconds = double.Parse(total.Groups["seconds"].ValueSpan, CultureInfo.InvariantCulture),
            Latencies = [],
        };
    }

    [GeneratedRegex(@"(?<calls>\d+) requests in (?<seconds>[0-9.]+)s", RegexOptions.ExplicitCapture)]
    private static partial Regex Total();

    [GeneratedRegex(@"(?<=Non-2xx or 3xx responses: |connect |read |write |timeout )\d+", RegexOptions.ExplicitCapture)]
    private static partial Regex Errors();
}
