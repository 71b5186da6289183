using System.Globalization;
using System.Text;
using Bench.Speed.Profiling;
using Bench.Speed.Running;

namespace Bench.Speed.Reports;

/// <summary>Where the CPU of each load went, in Markdown: a column for each, per cent.</summary>
internal static class ProfileReport
{
    public static string Write(RunResult result)
    {
        var machine = result.Machine;
        var text = new StringBuilder();
        text.AppendLine(
            $"{machine.Date}, commit `{machine.Commit}`{(machine.HasChanges ? " with changes" : "")}, {machine.Processor}, {machine.Processors} processors shared with the load generator and the upstream, "
            + $"{machine.Runtime}, nothing compiled ahead; {result.SecondsOfLoad.ToString(CultureInfo.InvariantCulture)} s a load. A sample counts for its innermost frame that says whose it is, with the kernel's time below it.");
        foreach (var target in result.Profiles.GroupBy(profile => profile.Target))
        {
            Write(text.AppendLine(), target.Key, [.. target]);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, string target, IReadOnlyList<Profile> profiles)
    {
        text.AppendLine($"| {target}, % of CPU | {string.Join(" | ", profiles.Select(profile => $"{profile.Scenario} {profile.Traffic}"))} |");
        text.AppendLine($"| --- |{string.Concat(profiles.Select(_ => " ---: |"))}");
        foreach (var part in profiles.SelectMany(profile => profile.Shares.Keys).Distinct()
            .OrderByDescending(part => profiles.Max(profile => Share(profile, profile.Shares, part))))
        {
            WriteRow(text, part, profiles, profile => Share(profile, profile.Shares, part));
        }

        foreach (var program in profiles.SelectMany(profile => profile.Processes.Keys).Distinct().Where(_ => profiles.Any(profile => profile.Processes.Count > 1)))
        {
            WriteRow(text, $"in {program}", profiles, profile => Share(profile, profile.Processes, program));
        }

        text.AppendLine($"| samples | {string.Join(" | ", profiles.Select(profile => profile.Samples.ToString(CultureInfo.InvariantCulture)))} |");
    }

    private static void WriteRow(StringBuilder text, string name, IReadOnlyList<Profile> profiles, Func<Profile, double> share)
        => text.AppendLine($"| {name} | {string.Join(" | ", profiles.Select(profile => share(profile).ToString("0.0", CultureInfo.InvariantCulture)))} |");

    private static double Share(Profile profile, IReadOnlyDictionary<string, int> samples, string name) => 100.0 * samples.GetValueOrDefault(name) / profile.Samples;
}
