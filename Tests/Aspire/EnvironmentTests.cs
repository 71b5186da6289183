using Shouldly;
using Xunit;

namespace Tests.Aspire;

public sealed class EnvironmentTests(EnvironmentFixture application) : IClassFixture<EnvironmentFixture>
{
    [Theory]
    [InlineData("services__neighbour__http__0", "{neighbour}")]
    [InlineData("services__neighbour__admin__0", "{neighbour-admin}")]
    [InlineData("NEIGHBOUR_HTTP", "{neighbour}")]
    [InlineData("NEIGHBOUR_ADMIN", "{neighbour-admin}")]
    [InlineData("ConnectionStrings__store", "Data Source=x")]
    [InlineData("ConnectionStrings__Renamed", "Host=localhost;{x}")]
    [InlineData("PLAIN", "text")]
    [InlineData("LATE", "from a callback")]
    [InlineData("FROM_ENDPOINT", "{neighbour}")]
    [InlineData("FROM_PARAMETER", "from configuration")]
    [InlineData("FROM_STORE", "Data Source=x")]
    [InlineData("FROM_CONTEXT", "subject")]
    [InlineData("INTERPOLATED", "{neighbour}/v1?region=eu")]
    [InlineData("ASPNETCORE_URLS", "{subject}")]
    [InlineData("ASPNETCORE_ENVIRONMENT", "Development")]
    [InlineData("DOTNET_LAUNCH_PROFILE", "http")]
    [InlineData("PROBE_FROM_PROFILE", "overridden")]
    [InlineData("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory")]
    [InlineData("LOGGING__CONSOLE__FORMATTERNAME", "simple")]
    public void Service_WhenStarted_IsToldItsNeighbours(string name, string value)
    {
        var expected = value
            .Replace("{neighbour}", Text(application.Neighbour), StringComparison.Ordinal)
            .Replace("{neighbour-admin}", Text(application.NeighbourAdmin), StringComparison.Ordinal)
            .Replace("{subject}", Text(application.Subject), StringComparison.Ordinal);
        application.Environment.ShouldContainKeyAndValue(name, expected);

        static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("ASPNETCORE_HTTPS_PORT")]
    [InlineData("services__neighbour__https__0")]
    [InlineData("DOTNET_ENVIRONMENT")]
    public void Service_WhenThereIsNothingToTell_IsNotTold(string name) => application.Environment.ShouldNotContainKey(name);

    [Fact]
    public void Service_WhenArgumentsAreGiven_ReceivesThemUnchanged() => application.Arguments.ShouldBe(["--first", "second one"]);

    [Fact]
    public void Service_WhenPortsAreRandomized_DoesNotTakeTheProfilesPort() => application.Subject.Port.ShouldNotBe(5190);
}
