using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using NJsonSchema;
using Shouldly;
using Xunit;

namespace Tests.Aspire;

public sealed class ManifestTests
{
    [Fact]
    public async Task Manifest_OfOurAppHost_IsTheRecordedOne()
    {
        var (file, _) = await Manifest.PublishAppHostAsync();

        (await File.ReadAllTextAsync(file, Deadline.Token())).ShouldBe(
            await File.ReadAllTextAsync(Path.Combine(Manifest.RepositoryRoot, "Tests", "Aspire", "manifest.golden.json"), Deadline.Token()));
    }

    [Fact]
    public async Task Manifest_OfOurAppHost_CanBeDeployed()
    {
        var (file, document) = await Manifest.PublishAppHostAsync();

        ManifestValidator.Validate(file, document);
        document["resources"]!["edge"]!["bindings"]!["http"]!["external"]!.GetValue<bool>().ShouldBeTrue();
        document["resources"]!["keyservice"]!["bindings"]!["http"]!["external"].ShouldBeNull();
    }

    [Fact]
    public async Task Manifest_OfOurAppHost_FollowsThePublishedSchema()
    {
        var schemaFile = Path.Combine(Manifest.RepositoryRoot, "..", "shared", "specs", "aspire", "aspire-8.0.json");
        Assert.SkipUnless(File.Exists(schemaFile), "The schema is not beside the repository.");
        var (file, _) = await Manifest.PublishAppHostAsync();

        var definition = JsonNode.Parse(await File.ReadAllTextAsync(schemaFile, Deadline.Token()))!;
        Simplify(definition);
        var schema = await JsonSchema.FromJsonAsync(definition.ToJsonString(), Deadline.Token());

        schema.Validate(await File.ReadAllTextAsync(file, Deadline.Token())).ShouldBeEmpty();
    }

    [Fact]
    public async Task Manifest_WithParametersAndConnectionStrings_NamesThemAndHoldsNoSecret()
    {
        var (file, document) = await Manifest.PublishAsync(builder =>
        {
            builder.Configuration["Parameters:master-key"] = "never written";
            builder.Configuration["ConnectionStrings:store"] = "never written";
            var key = builder.AddParameter("master-key", secret: true);
            var region = builder.AddParameter("region", "eu", publishValueAsDefault: true);
            var store = builder.AddConnectionString("store");
            var derived = builder.AddConnectionString("derived", ReferenceExpression.Create($"{store};Region={region}"));
            builder.AddProject<Projects.Probe>("service")
                .WithReference(store)
                .WithReference(derived)
                .WithEnvironment("MASTER_KEY", key)
                .WithArgs("--verbose");
        });

        ManifestValidator.Validate(file, document);
        var resources = document["resources"]!;
        resources["master-key"].ShouldBeJson("""
            {"type":"parameter.v0","value":"{master-key.inputs.value}","inputs":{"value":{"type":"string","secret":true}}}
            """);
        resources["region"].ShouldBeJson("""
            {"type":"parameter.v0","value":"{region.inputs.value}","inputs":{"value":{"type":"string","default":{"value":"eu"}}}}
            """);
        resources["store"].ShouldBeJson("""
            {"type":"parameter.v0","connectionString":"{store.value}","value":"{store.inputs.value}","inputs":{"value":{"type":"string","secret":true}}}
            """);
        resources["derived"].ShouldBeJson("""{"type":"value.v0","connectionString":"{store.connectionString};Region={region.value}"}""");
        resources["service"]!["args"].ShouldBeJson("""["--verbose"]""");
        resources["service"]!["env"]!["ConnectionStrings__store"]!.GetValue<string>().ShouldBe("{store.connectionString}");
        resources["service"]!["env"]!["MASTER_KEY"]!.GetValue<string>().ShouldBe("{master-key.value}");
        document.ToJsonString().ShouldNotContain("never written");
    }

    [Fact]
    public async Task Manifest_WithFurtherEndpoints_GivesThemTargetPorts()
    {
        var (file, document) = await Manifest.PublishAsync(builder => builder.AddProject<Projects.Probe>("service")
            .WithHttpEndpoint(name: "admin")
            .WithHttpEndpoint(port: 9000, targetPort: 9001, name: "metrics"));

        ManifestValidator.Validate(file, document);
        var service = document["resources"]!["service"]!;
        service["bindings"]!["admin"].ShouldBeJson("""{"scheme":"http","protocol":"tcp","transport":"http","targetPort":8000}""");
        service["bindings"]!["metrics"].ShouldBeJson("""{"scheme":"http","protocol":"tcp","transport":"http","port":9000,"targetPort":9001}""");
        service["env"]!["HTTP_PORTS"]!.GetValue<string>()
            .ShouldBe("{service.bindings.http.targetPort};{service.bindings.admin.targetPort};{service.bindings.metrics.targetPort}");
    }

    [Fact]
    public async Task Manifest_WithoutLaunchProfile_HasNoEndpoints()
    {
        var (_, document) = await Manifest.PublishAsync(builder => builder.AddProject<Projects.Probe>("service", launchProfileName: null));

        document["resources"]!["service"]!["bindings"].ShouldBeNull();
        document["resources"]!["service"]!["env"]!["HTTP_PORTS"].ShouldBeNull();
    }

    [Fact]
    public async Task Manifest_WhenAResourceIsExcluded_DoesNotHoldIt()
    {
        var (_, document) = await Manifest.PublishAsync(builder => builder.AddExecutable("tool", "sleep", ".", "1").ExcludeFromManifest());

        document["resources"]!.AsObject().ShouldBeEmpty();
    }

    /// <summary>The library does not know <c>const</c>, nor properties that are forbidden by <c>false</c>.</summary>
    private static void Simplify(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            items.ToList().ForEach(Simplify);
        }

        if (node is not JsonObject members)
        {
            return;
        }

        if (members.Remove("const", out var constant))
        {
            members["enum"] = new JsonArray(constant);
        }

        foreach (var name in (members["properties"] as JsonObject ?? []).Where(property => property.Value is JsonValue).Select(property => property.Key).ToList())
        {
            members["properties"]![name] = new JsonObject { ["not"] = new JsonObject() };
        }

        members.Select(member => member.Value).ToList().ForEach(Simplify);
    }
}

internal static class JsonAssertions
{
    public static void ShouldBeJson(this JsonNode? actual, string expected)
        => actual?.ToJsonString().ShouldBe(JsonNode.Parse(expected)!.ToJsonString());
}
