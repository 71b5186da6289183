using System.Text.Json.Nodes;
using Aspire.Hosting.Testing;

namespace Tests.Aspire;

/// <summary>Publishes models, each to a folder of its own at a fixed depth, so that paths in the manifests are always the same.</summary>
internal static class Manifest
{
    public static string RepositoryRoot => Path.GetDirectoryName(Projects.AppHost.ProjectPath)!;

    public static async Task<(string File, JsonObject Document)> PublishAppHostAsync()
    {
        var file = NewFile();
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(Arguments(file), Deadline.Token());
        return await RunAsync(builder, file);
    }

    public static async Task<(string File, JsonObject Document)> PublishAsync(Action<IDistributedApplicationTestingBuilder> configure)
    {
        var file = NewFile();
        await using var builder = DistributedApplicationTestingBuilder.Create(Arguments(file));
        configure(builder);
        return await RunAsync(builder, file);
    }

    private static async Task<(string File, JsonObject Document)> RunAsync(IDistributedApplicationTestingBuilder builder, string file)
    {
        await using var application = await builder.BuildAsync(Deadline.Token());
        await application.RunAsync(Deadline.Token());
        return (file, JsonNode.Parse(await File.ReadAllTextAsync(file, Deadline.Token()))!.AsObject());
    }

    private static string NewFile() => Path.Combine(RepositoryRoot, "artifacts", "manifests", $"{Guid.NewGuid():N}.json");

    private static string[] Arguments(string file) => ["--publisher", "manifest", "--output-path", file];
}
