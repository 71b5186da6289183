using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Publishing;

/// <summary>Writes the deployment manifest, and ends the program.</summary>
internal sealed partial class ManifestPublisher(
    IResourceCollection resources,
    DistributedApplicationExecutionContext executionContext,
    IConfiguration configuration,
    IHostApplicationLifetime lifetime,
    ILogger<ManifestPublisher> logger) : IHostedService
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,

        // Connection strings and expressions stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var output = configuration["Publishing:OutputPath"]
            ?? throw new DistributedApplicationException("The manifest needs '--output-path <file.json or directory>'.");
        var file = Path.GetFullPath(output);
        if (!string.Equals(Path.GetExtension(file), ".json", StringComparison.OrdinalIgnoreCase))
        {
            file = Path.Combine(file, "aspire-manifest.json");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var manifest = await WriteAsync(Path.GetDirectoryName(file)!, cancellationToken);
        await File.WriteAllTextAsync(file, manifest.ToJsonString(Format) + "\n", cancellationToken);
        LogWritten(file);
        lifetime.StopApplication();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<JsonObject> WriteAsync(string directory, CancellationToken cancellationToken)
    {
        var writer = new ManifestResourceWriter(executionContext, directory);
        var entries = new JsonObject();
        foreach (var resource in resources.Where(resource => !resource.Annotations.OfType<ManifestExclusionAnnotation>().Any()))
        {
            entries[resource.Name] = await writer.WriteAsync(resource, cancellationToken);
        }

        return new JsonObject { ["resources"] = entries };
    }

    [LoggerMessage(1, LogLevel.Information, "Published manifest to: {File}")]
    private partial void LogWritten(string file);
}
