using System.Globalization;

namespace Bench.Speed.Targets;

/// <summary>What the kernel says about processes and their children.</summary>
internal static class ProcessReading
{
    /// <summary>The kernel counts in hundredths of a second for all programs.</summary>
    private const long MicrosecondsOfTick = 10_000;

    private const int UserTime = 11;
    private const int SystemTime = 12;

    public static long CpuMicroseconds(IEnumerable<int> processes)
    {
        var ticks = 0L;
        foreach (var process in WithChildren(processes))
        {
            // The name is in parentheses and may have spaces.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            ticks += long.Parse(fields[UserTime], CultureInfo.InvariantCulture) + long.Parse(fields[SystemTime], CultureInfo.InvariantCulture);
        }

        return ticks * MicrosecondsOfTick;
    }

    public static long ResidentKilobytes(IEnumerable<int> processes) => WithChildren(processes).Sum(process =>
        long.Parse(
            File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture));

    /// <summary>nginx works in children; they have none of their own.</summary>
    private static IEnumerable<int> WithChildren(IEnumerable<int> processes)
    {
        foreach (var process in processes)
        {
            yield return process;
            foreach (var child in File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                yield return int.Parse(child, CultureInfo.InvariantCulture);
            }
        }
    }
}
