using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using Tests.Fixtures;
using Tests.TestKit;
using Xunit;

namespace Tests.Sdk;

/// <summary>Scripts of this folder, run by node with the packages of its lock file.</summary>
internal static class NodeSdk
{
    private static readonly string Sources = Path.Combine(Path.GetDirectoryName(FixtureLibrary.CommittedFolder)!, "..", "Sdk");
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    public static async Task<(int ExitCode, string Output)> RunAsync(string script, IReadOnlyDictionary<string, string> environment)
    {
        var folder = await Installed.Value;
        return await RunAsync("node", [script], folder, environment);
    }

    /// <summary>One folder for each lock file: it is filled once, and then used by every run.</summary>
    private static async Task<string> InstallAsync()
    {
        var lockFile = Path.Combine(Sources, "package-lock.json");
        var version = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(lockFile)))[..12];
        var folder = Path.Combine(new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.FullName, "sdk", version);
        var done = Path.Combine(folder, "installed");
        if (File.Exists(done))
        {
            CopyScripts(folder);
            return folder;
        }

        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(Sources, "package.json"), Path.Combine(folder, "package.json"), overwrite: true);
        File.Copy(lockFile, Path.Combine(folder, "package-lock.json"), overwrite: true);
        var (exitCode, output) = await RunAsync(
            "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder, new Dictionary<string, string>());
        Assert.True(exitCode == 0, $"npm ci failed:\n{output}");
        await File.WriteAllTextAsync(done, "");
        CopyScripts(folder);
        return folder;
    }

    private static void CopyScripts(string folder)
    {
        foreach (var script in Directory.EnumerateFiles(Sources, "*.mjs"))
        {
            File.Copy(script, Path.Combine(folder, Path.GetFileName(script)), overwrite: true);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(
        string program, string[] arguments, string folder, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync(TimeLimit.Token());
            return (process.ExitCode, await output + await errors);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed.");
            throw;
        }
    }
}
