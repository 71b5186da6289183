using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;
using ServiceDefaults.Installation;
using ServiceDefaults.Settings;

namespace Gateway.Cli.Doctor;

/// <summary>What is on this machine, whether a gateway runs or not. Nothing is made or changed.</summary>
internal static class MachineChecks
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const long Gigabyte = 1 << 30;
    private const long LittleSpace = Gigabyte;
    private const long NoSpace = Gigabyte / 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static Finding Program()
        => Finding.Ok("program", $"gateway {ProductVersion.Text}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");

    public static Finding Data(CommandRun run, string? given)
    {
        const string Check = "data directory";
        var setting = SecretSetting.EnvironmentName(DataDirectory.Name);
        var directory = DataDirectory.Find(given is null ? run.Surroundings.Variable(setting) : run.ToPath(given));
        try
        {
            if (!LocalInstallation.IsIn(directory))
            {
                return FindSpace(directory) is { } few ? few : Finding.Ok(Check, $"{directory}: nothing yet, the first start makes it");
            }

            if (!OperatingSystem.IsWindows() && Directory.EnumerateFiles(directory, "*.key").Any(IsOpenToOthers))
            {
                return Finding.Fail(Check, $"{directory}: others can read its key files", $"chmod go= {directory}/*.key, and rotate the master key.");
            }

            return FindSpace(directory) ?? Finding.Ok(Check, $"{directory}: {(IsInUse(directory) ? "a gateway holds it" : "ready")}");
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            return Finding.Fail(Check, $"{directory}: {exception.Message}", $"Give it to the user of the gateway, or set {setting}.");
        }
    }

    public static async Task<Finding> TelemetryAsync(CommandRun run, CancellationToken cancellationToken)
    {
        const string Check = "telemetry";
        if (run.Surroundings.Variable(OtlpEndpoint) is not { } endpoint)
        {
            return Finding.Ok(Check, $"not exported ({OtlpEndpoint} is not set)");
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var url))
        {
            return Finding.Fail(Check, $"{OtlpEndpoint} '{endpoint}' is no address", "Write it as http://localhost:4317.");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var connection = new TcpClient();
            await connection.ConnectAsync(url.Host, url.Port, limit.Token);
            return Finding.Ok(Check, $"something listens at {endpoint}");
        }
        catch (Exception exception) when (exception is SocketException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Finding.Warn(
                Check, $"nothing listens at {endpoint}", "Start the collector, or unset the variable: traces and metrics are lost meanwhile, calls are not.");
        }
    }

    private static Finding? FindSpace(string directory)
    {
        var existing = directory;
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing) ?? Path.GetPathRoot(directory)!;
        }

        var free = new DriveInfo(existing).AvailableFreeSpace;
        var text = string.Create(CultureInfo.InvariantCulture, $"{directory}: {(double)free / Gigabyte:0.0} GB free");
        return free switch
        {
            < NoSpace => Finding.Fail("data directory", text, "Make room: the gateway refuses calls that it cannot account for."),
            < LittleSpace => Finding.Warn("data directory", text, "Make room: a million calls take about 1.3 GB."),
            _ => null,
        };
    }

    [UnsupportedOSPlatform("windows")]
    private static bool IsOpenToOthers(string file)
        => (File.GetUnixFileMode(file) & (UnixFileMode.OtherRead | UnixFileMode.GroupRead)) != UnixFileMode.None;

    private static bool IsInUse(string directory)
    {
        try
        {
            using var held = new FileStream(Path.Combine(directory, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
