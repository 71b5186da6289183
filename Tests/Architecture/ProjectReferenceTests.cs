using System.Xml.Linq;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Architecture;

/// <summary>References point one way: the services never reference one another, and only the one-process host references them all.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly string[] Services = ["Gateway.Edge", "KeyService", "RoutingService", "UsageService"];

    public static TheoryData<string, string[]> Allowed { get; } = new()
    {
        { "Gateway.Contracts", [] },
        { "Gateway.Llm", [] },
        { "Gateway.Simulator", [] },
        { "Gateway.Configuration", ["Gateway.Contracts"] },
        { "ServiceDefaults", ["Gateway.Configuration", "Gateway.Contracts"] },
        { "KeyService", ["Gateway.Contracts", "ServiceDefaults"] },
        { "UsageService", ["Gateway.Contracts", "ServiceDefaults"] },
        { "RoutingService", ["Gateway.Contracts", "Gateway.Llm", "ServiceDefaults"] },
        { "Gateway.Edge", ["Gateway.Configuration", "Gateway.Contracts", "Gateway.Llm", "ServiceDefaults"] },
        { "Gateway.Standalone", Services },
        { "Gateway.Cli", ["Gateway.Configuration", "Gateway.Standalone"] },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Project_WhenItReferencesOthers_ReferencesTheAllowedOnes(string project, string[] allowed)
        => References(project).Select(reference => reference.Name).Order(StringComparer.Ordinal).ShouldBe(allowed.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Gateway.Contracts")]
    [InlineData("Gateway.Llm")]
    public void Project_WhenItIsForAll_NeedsNothingButDotNet(string project)
        => Load(project).Descendants().Where(element => element.Name.LocalName is "PackageReference" or "FrameworkReference" or "Reference").ShouldBeEmpty();

    [Fact]
    public void AppHost_WhenItReferencesAService_UsesItAsAResourceOnly()
    {
        var references = References("AppHost");

        references.Where(reference => reference.IsResource).Select(reference => reference.Name).Order(StringComparer.Ordinal)
            .ShouldBe(Services.Order(StringComparer.Ordinal));
        references.Where(reference => !reference.IsResource).Select(reference => reference.Name).ShouldBeSubsetOf(["ServiceDefaults"]);
    }

    [Fact]
    public void Tests_OfTheRules_KnowEveryProject()
    {
        var known = Allowed.Select(row => row.Data.Item1).Concat(["AppHost", "Tests"]);
        var all = Directory.GetDirectories(Repository.Root).Where(folder => Directory.GetFiles(folder, "*.csproj").Length > 0).Select(folder => Path.GetFileName(folder)!);

        all.Except(["bench"]).Except(known).ShouldBeEmpty();
    }

    /// <summary>Stand-ins of published packages are no projects of ours: they come through build/*.props.</summary>
    private static List<(string Name, bool IsResource)> References(string project)
        => [.. Load(project).Descendants("ProjectReference").Select(reference => (
            Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!),
            (string?)reference.Attribute("IsAspireProjectResource") != "false"))];

    private static XDocument Load(string project) => XDocument.Load(Path.Combine(Repository.Root, project, project + ".csproj"));
}
