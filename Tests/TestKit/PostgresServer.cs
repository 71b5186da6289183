using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Tests.TestKit;
using Xunit;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Tests.TestKit;

/// <summary>A PostgreSQL of the tests' own: started when the first test asks for it, in a temporary directory, and stopped after the last one.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string SuperUser = "postgres";

    /// <summary>PostgreSQL refuses to run as root; Debian's package brings this user.</summary>
    private const string UnprivilegedUser = "postgres";

    private static readonly Lazy<Task<Running?>> Server = new(StartAsync);

    /// <summary>A fresh, empty database; skips the test where there is no PostgreSQL.</summary>
    public static async Task<string> CreateDatabaseAsync()
    {
        var server = await Server.Value;
        Assert.SkipWhen(server is null, "PostgreSQL is not on this machine (initdb is neither on PATH nor in /usr/lib/postgresql/*/bin).");

        var name = $"test_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(server!.ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name} STRATEGY file_copy";
        await command.ExecuteNonQueryAsync();
        return server.ConnectionString(name);
    }

    public async ValueTask DisposeAsync()
    {
        if (!Server.IsValueCreated || await Server.Value is not { } server)
        {
            return;
        }

        NpgsqlConnection.ClearAllPools();
        await RunAsync(server.Tool("pg_ctl"), "-D", server.DataDirectory, "-m", "immediate", "-w", "stop");
        Directory.Delete(server.Directory, recursive: true);
    }

    private static async Task<Running?> StartAsync()
    {
        if (FindTools() is not { } tools)
        {
            return null;
        }

        var directory = Directory.CreateTempSubdirectory("gateway-tests-pg-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            await RunCommandAsync("chown", UnprivilegedUser, directory);
        }

        var server = new Running(tools, directory, Ports.Next());
        await RunAsync(server.Tool("initdb"), "-D", server.DataDirectory, "-A", "trust", "-U", SuperUser, "-E", "UTF8", "--no-locale", "--no-sync");
        var options = $"-p {server.Port.ToString(CultureInfo.InvariantCulture)} -h 127.0.0.1 -k '' -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=400";
        await RunAsync(server.Tool("pg_ctl"), "-D", server.DataDirectory, "-l", Path.Combine(directory, "log"), "-o", options, "-w", "start");
        return server;
    }

    private static string? FindTools()
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var ofDebian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))
            : [];
        return onPath.Concat(ofDebian).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
    }

    private static Task RunAsync(string tool, params string[] arguments)
        => Environment.IsPrivilegedProcess
            ? RunCommandAsync("runuser", ["-u", UnprivilegedUser, "--", tool, .. arguments])
            : RunCommandAsync(tool, arguments);

    private static async Task RunCommandAsync(string command, params string[] arguments)
    {
        // The server inherits what pg_ctl has: a pipe would stay open as long as the server runs.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/", RedirectStandardError = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec \"$@\" >/dev/null 2>&1 </dev/null");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(command);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }

    private sealed record Running(string Tools, string Directory, int Port)
    {
        public string DataDirectory => Path.Combine(Directory, "data");

        public string Tool(string name) => Path.Combine(Tools, name);

        public string ConnectionString(string database)
            => $"Host=127.0.0.1;Port={Port.ToString(CultureInfo.InvariantCulture)};Username={SuperUser};Database={database};Include Error Detail=true";
    }
}
