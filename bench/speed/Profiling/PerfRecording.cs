using System.Diagnostics;
using System.Globalization;
using Bench.Speed.Targets;

namespace Bench.Speed.Profiling;

/// <summary>Samples of the stacks of some processes while a load runs, by Linux's perf.</summary>
internal sealed class PerfRecording : IDisposable
{
    /// <summary>For the programs that are looked into: names for what was compiled, and all of it compiled here.</summary>
    public static readonly IReadOnlyDictionary<string, string> RuntimeSettings = new Dictionary<string, string>
    {
        ["DOTNET_PerfMapEnabled"] = "1", ["DOTNET_ReadyToRun"] = "0", ["DOTNET_EnableWriteXorExecute"] = "0",
    };

    private const int SamplesPerSecond = 499;
    private const int MostAttempts = 10;

    /// <summary>By then perf has looked up all threads.</summary>
    private static readonly TimeSpan Beginning = TimeSpan.FromMilliseconds(500);

    private readonly string _file = Path.GetTempFileName();
    private readonly IReadOnlyDictionary<int, string> _programs;
    private readonly Process _perf;

    private PerfRecording(IReadOnlyDictionary<int, string> programs, TimeSpan duration)
    {
        _programs = programs;
        _perf = Start(
            "record", "-F", SamplesPerSecond.ToString(CultureInfo.InvariantCulture), "-g", "-p", string.Join(',', programs.Keys), "-o", _file,
            "--", "sleep", duration.TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>perf ends at once when a thread does while it looks them up: it is asked again.</summary>
    /// <param name="programs">Names by process.</param>
    public static async Task<PerfRecording> StartAsync(IReadOnlyDictionary<int, string> programs, TimeSpan duration, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var recording = new PerfRecording(programs, duration);
            await Task.WhenAny(recording._perf.WaitForExitAsync(cancellationToken), Task.Delay(Beginning, TimeProvider.System, cancellationToken));
            if (!recording._perf.HasExited)
            {
                return recording;
            }

            var code = recording._perf.ExitCode;
            recording.Dispose();
            if (attempt == MostAttempts)
            {
                throw new InvalidOperationException($"perf cannot record: it ended {attempt} times, with code {code} in the end.");
            }
        }
    }

    public static string? Program => Surroundings.Find("/usr/bin/perf", "/usr/local/bin/perf");

    /// <summary>Samples by part and by program, when the time is over.</summary>
    public async Task<(Dictionary<string, int> Shares, Dictionary<string, int> Processes)> ReadAsync(CancellationToken cancellationToken)
    {
        await _perf.WaitForExitAsync(cancellationToken);
        var (shares, processes) = (new Dictionary<string, int>(), new Dictionary<string, int>());
        using var script = Start("script", "-i", _file, "-F", "comm,pid,ip,sym,dso");
        var (stack, program) = (new List<string>(), "");
        while (await script.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                Count();
            }
            else if (line[0] == '\t')
            {
                stack.Add(line);
            }
            else
            {
                program = _programs[int.Parse(line.TrimEnd().Split(' ')[^1], CultureInfo.InvariantCulture)];
            }
        }

        Count();
        return (shares, processes);

        void Count()
        {
            if (stack.Count > 0)
            {
                var part = ProfileParts.Of(stack);
                shares[part] = shares.GetValueOrDefault(part) + 1;
                processes[program] = processes.GetValueOrDefault(program) + 1;
                stack.Clear();
            }
        }
    }

    public void Dispose()
    {
        if (!_perf.HasExited)
        {
            _perf.Kill();
        }

        _perf.Dispose();
        File.Delete(_file);
    }

    private static Process Start(params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(Program!, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;

        // What it has to say of missing names is not waited for, and must not hold it up.
        process.BeginErrorReadLine();
        return process;
    }
}
