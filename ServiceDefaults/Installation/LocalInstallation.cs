using System.Text.Json.Nodes;
using Gateway.Contracts.Keys;
using Microsoft.Extensions.Configuration;
using ServiceDefaults.Audit;
using ServiceDefaults.Hosting;
using ServiceDefaults.Settings;

namespace ServiceDefaults.Installation;

/// <summary>
/// A gateway on one machine: its data directory, held by one process at a time, and the keys that its first start makes. An admin key
/// and a development key are made when there is no gateway yet, shown once, and kept nowhere in clear.
/// </summary>
public sealed class LocalInstallation : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string Marker = "installed";

    private readonly FileStream _lock;
    private readonly string _markerPath;

    private LocalInstallation(string dataDirectory, FileStream directoryLock, IConfiguration configuration)
    {
        DataDirectory = dataDirectory;
        _lock = directoryLock;
        _markerPath = Path.Combine(dataDirectory, Marker);
        IsFirstStart = !File.Exists(_markerPath);
        MasterKey = UseOrCreateKey(configuration, SecretSetting.MasterKey, "master.key", IsFirstStart ? SecretSetting.Create : null);
        KeyPepper = UseOrCreateKey(configuration, SecretSetting.KeyPepper, "pepper.key", IsFirstStart ? SecretSetting.Create : null);

        // In a file of its own, so that it stays when the master key is replaced.
        AuditKey = UseOrCreateKey(configuration, SecretSetting.AuditKey, "audit.key", DeriveAuditKey);

        var configuredAdminKey = AdminKeySetting.Read(configuration);
        NewAdminKey = IsFirstStart && configuredAdminKey is null ? AdminKeySetting.Create() : null;
        AdminKey = configuredAdminKey ?? NewAdminKey;
        DevelopmentKey = !IsFirstStart ? null : DevelopmentKeySetting.Read(configuration) ?? (HasClientKeys(configuration) ? null : VirtualKeySecret.Create());
    }

    public string DataDirectory { get; }

    /// <summary>True until a start has been completed.</summary>
    public bool IsFirstStart { get; }

    /// <summary>The keys of this installation, or where they are.</summary>
    public string MasterKey { get; }

    public string KeyPepper { get; }

    public string AuditKey { get; }

    /// <summary>The configured or new one; null at later starts, when only its digest is known.</summary>
    public string? AdminKey { get; }

    /// <summary>Set at the first start only.</summary>
    public string? DevelopmentKey { get; }

    /// <summary>Set when this start made the admin key, so that nobody knows it yet.</summary>
    private string? NewAdminKey { get; }

    /// <summary>Whether a gateway has been started with this directory.</summary>
    public static bool IsIn(string directory) => File.Exists(Path.Combine(directory, Marker));

    /// <summary>Fails where no gateway has been started yet.</summary>
    public static void Require(IConfiguration configuration)
    {
        var directory = Settings.DataDirectory.Resolve(configuration);
        if (!IsIn(directory))
        {
            throw new SettingsException($"There is no gateway in '{directory}'. Set {SecretSetting.EnvironmentName(Settings.DataDirectory.Name)}.");
        }
    }

    public static LocalInstallation Open(IConfiguration configuration)
    {
        var directory = Settings.DataDirectory.Resolve(configuration);
        var lockPath = Path.Combine(directory, "lock");
        FileStream directoryLock;
        try
        {
            directoryLock = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException(
                $"The data directory '{directory}' is in use by another gateway or not writable. "
                + $"Stop that one, or set {SecretSetting.EnvironmentName(Settings.DataDirectory.Name)}.",
                exception);
        }

        try
        {
            return new LocalInstallation(directory, directoryLock, configuration);
        }
        catch
        {
            directoryLock.Dispose();
            throw;
        }
    }

    /// <summary>What this start made, as configuration of the services.</summary>
    public IEnumerable<KeyValuePair<string, string?>> ToConfiguration()
    {
        yield return new(Settings.DataDirectory.Name, DataDirectory);
        yield return new(SecretSetting.MasterKey, MasterKey);
        yield return new(SecretSetting.KeyPepper, KeyPepper);
        yield return new(SecretSetting.AuditKey, AuditKey);
        yield return new(AdminKeySetting.Name, AdminKey);
        yield return new(DevelopmentKeySetting.Name, DevelopmentKey);
    }

    /// <summary>Says that the gateway is ready. Keys that this start made are shown here and never again.</summary>
    public void Complete(TextWriter output, string edgeUrl, string? dashboardUrl)
    {
        output.WriteLine($"edge: {edgeUrl}");
        if (dashboardUrl is not null)
        {
            output.WriteLine($"dashboard: {dashboardUrl}");
        }

        if (NewAdminKey is not null)
        {
            output.WriteLine($"admin key: {NewAdminKey}");
        }

        if (DevelopmentKey is not null)
        {
            output.WriteLine($"development key: {DevelopmentKey}");
            output.WriteLine(
                $"curl {edgeUrl}/v1/chat/completions -H 'Authorization: Bearer {DevelopmentKey}' -H 'content-type: application/json' "
                + """-d '{"model":"echo","messages":[{"role":"user","content":"hello"}]}'""");
        }

        output.Flush();
        Mark();
    }

    /// <summary>As <see cref="Complete(TextWriter, string, string?)"/>, on a console that may be a program's.</summary>
    public void Complete(HostConsole console, string edgeUrl)
    {
        if (!console.IsJson)
        {
            Complete(console.Output, edgeUrl, dashboardUrl: null);
            return;
        }

        console.WriteJson(new JsonObject
        {
            ["event"] = "ready",
            ["edge"] = edgeUrl,
            ["data_directory"] = DataDirectory,
            ["admin_key"] = NewAdminKey,
            ["development_key"] = DevelopmentKey,
        });
        Mark();
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Whoever brings keys for his clients needs none to begin with.</summary>
    private static bool HasClientKeys(IConfiguration configuration)
        => Array.Exists(["AUTH_KEY", "AUTH_KEY_01", "AUTH_KEYS_FILE"], name => !string.IsNullOrWhiteSpace(configuration[name]));

    private void Mark() => File.WriteAllText(_markerPath, "The gateway in this directory has shown its first keys.\n");

    private string DeriveAuditKey() => Convert.ToBase64String(AuditKeys.DeriveRoot(SecretSetting.ParseList(SecretSetting.MasterKey, MasterKey)[^1]));

    /// <param name="configuration">What is set there goes before the file.</param>
    /// <param name="setting">The name of it.</param>
    /// <param name="fileName">Where it is otherwise, in the data directory.</param>
    /// <param name="create">Null where there must be one by now.</param>
    private string UseOrCreateKey(IConfiguration configuration, string setting, string fileName, Func<string>? create)
    {
        if (configuration[setting] is { Length: > 0 } configured)
        {
            SecretSetting.ParseList(setting, configured);
            return configured;
        }

        var path = Path.Combine(DataDirectory, fileName);
        if (!File.Exists(path))
        {
            WriteKey(path, create?.Invoke() ?? throw new SettingsException(
                $"'{path}' is missing, and what was stored with it cannot be read without it. Put it back, or set {SecretSetting.EnvironmentName(setting)}."));
        }

        var reference = SecretReference.ToFile(path);
        SecretSetting.ParseList(setting, reference);
        return reference;
    }

    private static void WriteKey(string path, string key)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var writer = new StreamWriter(path, options);
        writer.WriteLine(key);
    }
}
