using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Configuration.References;
using Gateway.Configuration.Rules;
using Gateway.Configuration.Yaml;

namespace Gateway.Configuration;

/// <summary>A <c>gateway.yaml</c>: what a gateway shall hold, and what its processes shall run with.</summary>
public sealed class GatewayFile
{
    private readonly List<ConfigurationFault> _faults;

    private GatewayFile(string path, string text, JsonObject content, bool isResolved, List<ConfigurationFault> faults)
    {
        (Path, Content, IsResolved, _faults) = (path, content, isResolved, faults);
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

        // What the references lead to may change where the text does not.
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text + content.ToJsonString())));
    }

    public string Path { get; }

    /// <summary>SHA-256 of its text.</summary>
    public string Hash { get; }

    /// <summary>SHA-256 of its text and of all that it refers to: not to be shown.</summary>
    public string Fingerprint { get; }

    /// <summary>What processes read when they start: keys and values of their configuration.</summary>
    public IReadOnlyDictionary<string, string?> ProcessSettings => Configuration.ProcessSettings.Of(Content);

    internal JsonObject Content { get; }

    internal bool IsResolved { get; }

    /// <summary>The JSON schema of such files.</summary>
    public static string Schema
    {
        get
        {
            using var stream = typeof(GatewayFile).Assembly.GetManifestResourceStream("gateway.schema.json")!;
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Settings of processes as they may be shown.</summary>
    public static IReadOnlyDictionary<string, string?> HideSecrets(IReadOnlyDictionary<string, string?> settings)
        => settings.ToDictionary(setting => setting.Key, setting => Configuration.ProcessSettings.Secrets.Contains(setting.Key) ? "***" : setting.Value);

    public static async Task<GatewayFile> LoadAsync(string path, GatewayFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        var faults = new List<ConfigurationFault>();
        var text = "";
        try
        {
            text = new FileInfo(path) is { Exists: true, Length: > YamlTree.MaxCharacters * 4L }
                ? new string(' ', YamlTree.MaxCharacters + 1)
                : await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add(new ConfigurationFault("", $"The file cannot be read: {exception.Message}"));
            return new GatewayFile(path, text, [], isResolved: false, faults);
        }

        return Parse(text, path, options);
    }

    /// <param name="text">YAML.</param>
    /// <param name="path">Where it comes from: references to files are relative to it.</param>
    /// <param name="options">How it is read.</param>
    public static GatewayFile Parse(string text, string path = "gateway.yaml", GatewayFileOptions? options = null) => Parse(text, path, options, ofProcesses: false);

    /// <summary>Its part that processes read when they start, and nothing else of it.</summary>
    public static GatewayFile ParseProcessSettings(string text, string path = "gateway.yaml", GatewayFileOptions? options = null)
        => Parse(text, path, options, ofProcesses: true);

    /// <summary>All that is wrong with it, in the order of its lines; none where it can be planned.</summary>
    public IReadOnlyList<ConfigurationFault> Validate() => [.. _faults.OrderBy(fault => fault.Line).ThenBy(fault => fault.Column)];

    /// <summary>Throws where anything is wrong.</summary>
    public void EnsureValid()
    {
        if (_faults.Count > 0)
        {
            throw new ConfigurationException($"{System.IO.Path.GetFileName(Path)} cannot be used:", Validate());
        }
    }

    internal JsonObject Section(string name) => Content[name] as JsonObject ?? [];

    private static GatewayFile Parse(string text, string path, GatewayFileOptions? options, bool ofProcesses)
    {
        options ??= new GatewayFileOptions();
        var faults = new List<ConfigurationFault>();
        var content = new JsonObject();
        if (YamlTree.Read(text, faults) is { } root)
        {
            var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) ?? "/";
            content = new FileReader(new ReferenceSource(options.Environment, folder, options.ResolvesReferences), faults).Read(root, ofProcesses);
            FileSense.Check(content, root, faults);
        }

        return new GatewayFile(path, text, content, options.ResolvesReferences, faults);
    }
}
