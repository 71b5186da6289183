using System.Diagnostics;
using System.Globalization;
using Shouldly;

namespace Tests.TestKit.Topologies;

/// <summary><c>Gateway.Standalone</c>, or another of the gateway's programs: what it writes, and how it ends.</summary>
public sealed class GatewayProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly OutputLog _log;
    private readonly int _firstLine;

    private GatewayProcess(Process process, OutputLog log)
    {
        (_process, _log, _firstLine) = (process, log, log.Count);
        process.OutputDataReceived += (_, line) => Add(line.Data, Output);
        process.ErrorDataReceived += (_, line) => Add(line.Data, Errors);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Lines of its standard output.</summary>
    public OutputLog Output { get; } = new();

    /// <summary>Lines of its standard error.</summary>
    public OutputLog Errors { get; } = new();

    /// <param name="urls">Null leaves it to the gateway where it listens.</param>
    /// <param name="settings">Environment variables; null takes one away.</param>
    /// <param name="program">The project, and behind a slash the program where that is called otherwise.</param>
    /// <param name="workingDirectory">A file of variables in it is read, where the settings say so.</param>
    public static GatewayProcess Start(
        string dataDirectory,
        OutputLog? log = null,
        string? urls = "http://127.0.0.1:0",
        IReadOnlyDictionary<string, string?>? settings = null,
        string program = "Gateway.Standalone",
        string? workingDirectory = null,
        params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", ProgramPath(program), .. arguments, .. urls is null ? [] : (string[])["--urls", urls]])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
        };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["Gateway__DataDirectory"] = dataDirectory;

        // A file of the person at the keyboard would be read, too.
        start.Environment["Gateway__EnvFile"] = "none";

        // Many gateways share the machine of a test run: a ledger that is slow is not away.
        start.Environment["Edge__Ledger__PatienceSeconds"] = "30";

        // Tests count what their providers are asked.
        start.Environment["Routing__Health__Enabled"] = "false";

        // A test run that is killed leaves nothing behind: the gateway watches its parent.
        using var self = Process.GetCurrentProcess();
        start.Environment["APPHOST_PROCESS_ID"] = self.Id.ToString(CultureInfo.InvariantCulture);
        start.Environment["APPHOST_PROCESS_STARTED"] = new DateTimeOffset(self.StartTime).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new GatewayProcess(Process.Start(start)!, log ?? new OutputLog());
    }

    /// <summary>What follows <paramref name="prefix"/> in the first line that begins with it; fails when the program ends before.</summary>
    public async Task<string> WaitForLineAsync(string prefix)
    {
        var line = Output.WaitForAsync(text => text.StartsWith(prefix, StringComparison.Ordinal));
        var exit = _process.WaitForExitAsync(TimeLimit.Token());
        await Task.WhenAny(line, exit);
        return line.IsCompletedSuccessfully
            ? (await line)[prefix.Length..].Trim()
            : throw new InvalidOperationException($"The gateway did not write '{prefix}':\n{_log.Text(_firstLine)}");
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(TimeLimit.Token());
        return _process.ExitCode;
    }

    /// <summary>The one line of its standard error, which says what is wrong and is no stack trace.</summary>
    public async Task<string> ErrorLineAsync()
    {
        await WaitForExitAsync();
        var line = Errors.Lines().ShouldHaveSingleItem();
        line.ShouldStartWith("error: ");
        Output.Text().ShouldNotContain("   at ", customMessage: Output.Text());
        return line;
    }

    /// <summary>Asks it to end, as Ctrl+C or a service manager does.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-s", "TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync(TimeLimit.Token());
        }

        return await WaitForExitAsync();
    }

    /// <summary>Ends it by SIGKILL: it has no time for anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TimeLimit.Token());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    /// <summary>A program of this build, in the configuration of this test run.</summary>
    private static string ProgramPath(string project)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var (folder, file) = project.Split('/') is [var first, var second] ? (first, second) : (project, project);
        return Path.Combine(output.Parent!.Parent!.FullName, folder, output.Name, file + ".dll");
    }

    /// <summary>Whatever the person at the keyboard has set is not part of a test.</summary>
    private static bool IsSetting(string name)
        => name.StartsWith("Gateway__", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("OTEL_", StringComparison.Ordinal)
            || name is "ASPNETCORE_URLS" or "ASPNETCORE_ENVIRONMENT" or "DOTNET_ENVIRONMENT";

    private void Add(string? line, OutputLog log)
    {
        if (line is not null)
        {
            log.Add(line);
            _log.Add(line);
        }
    }
}
