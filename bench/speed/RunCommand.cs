using System.Text.Json;
using System.Text.Json.Serialization;
using Bench.Speed.Profiling;
using Bench.Speed.Reports;
using Bench.Speed.Running;
using Bench.Speed.Targets;

namespace Bench.Speed;

/// <summary>All of bench/run.sh that is not building and installing. The working directory is the repository's root.</summary>
internal static class RunCommand
{
    private static readonly JsonSerializerOptions Raw = new() { WriteIndented = false, Converters = { new JsonStringEnumConverter() }, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = RunOptions.Parse(arguments);
        var repository = Environment.CurrentDirectory;
        var ports = Ports.Free(2);
        var work = Directory.CreateTempSubdirectory("gateway-speed-");
        var surroundings = new Surroundings(repository, Path.Combine(repository, "artifacts/bench"), work.FullName, ports[0], ports[1])
        {
            RuntimeSettings = options.Profile ? PerfRecording.RuntimeSettings : new Dictionary<string, string>(),
        };
        if (options.Profile && PerfRecording.Program is null)
        {
            await Console.Error.WriteLineAsync("error: a profile needs perf (apt-get install linux-perf).");
            return 1;
        }

        var result = new RunResult
        {
            Machine = Machine.Read(repository),
            Quick = options.Quick,
            Rounds = options.Rounds,
            SecondsOfLoad = options.Duration.TotalSeconds,
        };
        using var end = new EndOfRun();
        try
        {
            await new BenchRun(options, surroundings, result).RunAsync(end.Token);
        }
        catch (OperationCanceledException) when (end.Token.IsCancellationRequested)
        {
            work.Delete(recursive: true);
            Console.WriteLine("Ended early; everything that was started has been ended.");
            return 130;
        }
        catch (InvalidOperationException exception)
        {
            await Console.Error.WriteLineAsync($"error: {exception.Message}\nLogs: {work.FullName}");
            return 1;
        }

        result.LoadAverageAfter = Machine.LoadAverage;
        var report = options.Profile ? ProfileReport.Write(result) : Report.Write(result);
        Console.WriteLine();
        Console.WriteLine(report);
        var name = Path.Combine(repository, "bench/results", $"{result.Machine.Date[..16].Replace(' ', 'T').Replace(":", "")}{(options.Quick ? "-quick" : options.Profile ? "-profile" : "")}");
        Directory.CreateDirectory(Path.GetDirectoryName(name)!);
        await File.WriteAllTextAsync(name + ".md", report);
        await File.WriteAllTextAsync(name + ".json", Json(result));
        Console.WriteLine($"Raw: {Path.GetRelativePath(repository, name)}.json and .md");
        if (result.Errors > 0)
        {
            Console.WriteLine($"{result.Errors} errors: the figures count for nothing. Logs: {work.FullName}");
            return 1;
        }

        work.Delete(recursive: true);
        return 0;
    }

    /// <summary>A line for each measurement.</summary>
    private static string Json(RunResult result) => JsonSerializer.Serialize(result, Raw).Replace("{\"round\":", "\n{\"round\":", StringComparison.Ordinal) + "\n";
}
