using Gateway.Configuration;
using Gateway.Configuration.Imports;
using Gateway.Configuration.Rules;
using Microsoft.Extensions.Hosting;
using NJsonSchema;
using RoutingService.Automatic;
using RoutingService.Providers;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Configuration;

/// <summary>What editors know of a file, what the reader takes, what the services know, and what the documents show, are the same.</summary>
public sealed class SchemaTests
{
    private static readonly string Path = System.IO.Path.Combine(Repository.Root, "Gateway.Configuration", "gateway.schema.json");

    /// <summary>The text is made of the reader's rules; so a field of one is a field of the other.</summary>
    [Fact]
    public async Task Schema_AsItIsPublished_IsWhatTheReaderTakes()
    {
        var expected = SchemaText.Write();
        if (Environment.GetEnvironmentVariable("GATEWAY_WRITE_SCHEMA") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(Path, expected, TimeLimit.Token());
        }

        (await File.ReadAllTextAsync(Path, TimeLimit.Token())).ShouldBe(expected, "Run this test with GATEWAY_WRITE_SCHEMA=1 to write it anew.");
        GatewayFile.Schema.ShouldBe(expected);
    }

    [Fact]
    public async Task Examples_OfTheDocuments_AreValidForTheSchemaAndForTheReader()
    {
        var schema = await JsonSchema.FromJsonAsync(SchemaText.Write(), TimeLimit.Token());
        var examples = Examples().ToList();

        examples.Count.ShouldBeGreaterThanOrEqualTo(3);
        foreach (var example in examples)
        {
            schema.Validate(ForeignYaml.Read(example, "The example").ToJsonString()).ShouldBeEmpty(example);
            GatewayFile.Parse(example, options: new GatewayFileOptions { ResolvesReferences = false }).Validate().ShouldBeEmpty(example);
        }
    }

    [Theory]
    [InlineData("providers: {a: {type: openai, api_kee: x}}")]
    [InlineData("providers: {a: {type: nothing}}")]
    [InlineData("providers: {a: {type: openai, api_key: in-the-clear}}")]
    [InlineData("projects: {a: {rpm_limit: -1}}")]
    [InlineData("budgets: {}")]
    public async Task Schema_WhenTheReaderRefuses_RefusesToo(string yaml)
    {
        var schema = await JsonSchema.FromJsonAsync(SchemaText.Write(), TimeLimit.Token());

        GatewayFile.Parse(yaml).Validate().ShouldNotBeEmpty();
        schema.Validate(ForeignYaml.Read(yaml, "The example").ToJsonString()).ShouldNotBeEmpty();
    }

    [Fact]
    public void Rules_OfProviders_HaveEveryTypeThatThereIs()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.AddProviders();
        var types = builder.Services.Where(service => service.ServiceType == typeof(IProviderAdapter)).ToList();

        FileRules.ProviderTypes.Count.ShouldBe(types.Count);
        FileRules.ProviderTypes.ShouldBe(FileRules.ProviderTypes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Rules_OfTheClassifier_HaveEveryOptionThatThereIs()
        => FileRules.ClassifierFields.Select(rule => rule.Setting).ShouldBe(
            typeof(ClassifierOptions).GetProperties().Select(property => $"{ClassifierOptions.Section}:{property.Name}"), ignoreOrder: true);

    /// <summary>Blocks of YAML that are a file as they are.</summary>
    internal static IEnumerable<string> Examples()
        => File.ReadAllText(System.IO.Path.Combine(Repository.Root, "docs", "configuration.md"))
            .Split("```yaml\n").Skip(1).Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)]);
}
