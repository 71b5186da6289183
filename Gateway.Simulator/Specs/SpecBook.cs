using System.Collections.Concurrent;
using System.Text.Json;

namespace Gateway.Simulator.Specs;

/// <summary>
/// The vendors' own descriptions of their APIs. One is read when it is first asked for (the largest has 3 MB), and kept for the process.
/// </summary>
public sealed class SpecBook
{
    private static readonly Lazy<SpecBook?> Found = new(() => SpecFolder.Find() is { } folder ? new SpecBook(folder) : null);

    private readonly ConcurrentDictionary<string, Lazy<SchemaSet>> sets = new(StringComparer.Ordinal);
    private readonly string folder;

    private SpecBook(string folder)
    {
        this.folder = folder;
    }

    /// <summary>Null where the descriptions are not.</summary>
    public static SpecBook? Default => Found.Value;

    /// <param name="name">One of <see cref="SpecNames"/>, or another schema of these descriptions.</param>
    /// <param name="closed">A field that no schema names is a violation: misspelled fields of requests are found by that.</param>
    public IReadOnlyList<SpecViolation> Validate(string name, ReadOnlyMemory<byte> json, bool closed = false)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
            return Validate(name, document.RootElement, closed);
        }
        catch (JsonException exception)
        {
            return [new SpecViolation("$", $"is not JSON: {exception.Message}")];
        }
    }

    public IReadOnlyList<SpecViolation> Validate(string name, JsonElement json, bool closed = false)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var set = sets.GetOrAdd(name[..slash], spec => new Lazy<SchemaSet>(() => Load(spec))).Value;
        return new SchemaValidator(set, closed).Validate(set.Get(name[(slash + 1)..]), json);
    }

    private SchemaSet Load(string spec) => spec switch
    {
        "openai" => OfYaml("openai/openapi.yaml"),

        // YAML by name, JSON by content.
        "anthropic" => OfJson("anthropic/openapi.yaml"),
        "azure" => OfJson("azure/azure-openai-v1.openapi.json"),
        "azure-deployments" => OfJson("azure/azure-openai-2025-03-01-preview.openapi.json"),
        "gemini" => OfJson("gemini/openapi-from-discovery.json"),
        "bedrock" => OfServiceModel("bedrock/botocore-service-2.json"),
        _ => throw new ArgumentException($"There is no description '{spec}'.", nameof(spec)),
    };

    private SchemaSet OfYaml(string file)
    {
        // The parser refuses a text that begins with a line of nothing but many spaces; in texts that is no difference.
        using var text = new StringReader(string.Join('\n', File.ReadLines(Path.Combine(folder, file))
            .Select(line => string.IsNullOrWhiteSpace(line) ? "" : line)));
        return new SchemaSet(YamlJson.Read(text));
    }

    private SchemaSet OfJson(string file) => new(Parse(file));

    private SchemaSet OfServiceModel(string file)
    {
        using var model = Parse(file);
        return new SchemaSet(ServiceModel.ToSchemas(model.RootElement));
    }

    private JsonDocument Parse(string file)
        => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, file)), new JsonDocumentOptions { MaxDepth = 256 });
}

/// <param name="Path">Where: <c>$.messages[0].role</c>.</param>
public sealed record SpecViolation(string Path, string Message)
{
    public override string ToString() => $"{Path} {Message}";
}
