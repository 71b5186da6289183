using Aspire.Hosting;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace Tests.Aspire;

public sealed class DashboardConfigurationTests
{
    [Fact]
    public void Addresses_WhenConfigured_AreTaken()
    {
        var addresses = DashboardAddresses.From(Configuration(
            ("ASPNETCORE_URLS", "http://localhost:15000/;http://127.0.0.1:15001"),
            ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:19000"),
            ("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http://localhost:19001"),
            ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://localhost:20000")));

        addresses.ShouldBe(new DashboardAddresses("http://localhost:15000;http://127.0.0.1:15001", "http://localhost:19000", "http://localhost:19001", 20000));
        addresses.FirstFrontend.ShouldBe("http://localhost:15000");
    }

    [Fact]
    public void Addresses_WhenNothingIsConfigured_AreFreePortsForFrontendAndOtlp()
    {
        var addresses = DashboardAddresses.From(Configuration());

        new Uri(addresses.Frontend).IsLoopback.ShouldBeTrue();
        new Uri(addresses.OtlpGrpc!).Port.ShouldNotBe(new Uri(addresses.Frontend).Port);
        addresses.OtlpHttp.ShouldBeNull();
        addresses.ResourceServicePort.ShouldBe(0);
    }

    /// <summary>The program that is told of one takes it seconds later.</summary>
    [Fact]
    public void FreePorts_WhenManyAreAskedFor_AreNeverTheSame()
        => Enumerable.Range(0, 500).Select(_ => FreePorts.Find()).ShouldBeUnique();

    [Fact]
    public void Addresses_WhenOnlyOtlpOverHttpIsConfigured_HaveNoGrpc()
        => DashboardAddresses.From(Configuration(("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http://localhost:19001"))).OtlpGrpc.ShouldBeNull();

    [Fact]
    public void Addresses_WhenPortsAreRandomized_KeepNoConfiguredPort()
    {
        var addresses = DashboardAddresses.From(Configuration(
            ("ASPNETCORE_URLS", "http://localhost:1"),
            ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:2"),
            ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://localhost:3"),
            ("DcpPublisher:RandomizePorts", "true")));

        new Uri(addresses.Frontend).Port.ShouldBeGreaterThan(3);
        new Uri(addresses.OtlpGrpc!).Port.ShouldBeGreaterThan(3);
        addresses.ResourceServicePort.ShouldBe(0);
    }

    [Theory]
    [InlineData("http://0.0.0.0:15000")]
    [InlineData("http://*:15000")]
    [InlineData("http://example.com:15000")]
    [InlineData("localhost")]
    public void Addresses_WhenNotOnLoopback_AreRefused(string url)
        => Should.Throw<DistributedApplicationException>(() => DashboardAddresses.From(Configuration(("ASPNETCORE_URLS", url)))).Message.ShouldContain(url);

    [Fact]
    public void Tokens_WhenNothingIsConfigured_AreFreshAndDistinct()
    {
        var first = Tokens();
        var second = Tokens();

        string?[] values = [first.Browser, first.Otlp, first.Api, first.ResourceService, second.Browser, second.Otlp, second.Api, second.ResourceService];
        values.ShouldAllBe(value => value!.Length == 32);
        values.ShouldBeUnique();
    }

    [Fact]
    public void Tokens_WhenConfigured_AreKept()
    {
        var tokens = Tokens(
            ("ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", "b"), ("AppHost:OtlpApiKey", "o"), ("AppHost:DashboardApiKey", "a"), ("ASPIRE_DASHBOARD_RESOURCESERVICE_APIKEY", "r"));

        tokens.ShouldBe(new DashboardTokens("b", "o", "a", "r"));
    }

    [Fact]
    public void Tokens_WhenAnonymousAccessIsAllowed_AreNone()
        => Tokens(("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", "true")).ShouldBe(new DashboardTokens(null, null, null, null));

    [Fact]
    public void Environment_WhenSecured_CarriesEverySecretAndTheReadApi()
    {
        var environment = DashboardEnvironment.Create(
            Configuration(("ASPIRE_DASHBOARD_CORS_ALLOWED_ORIGINS", "*"), ("ConnectionStrings:db", "secret")),
            new DashboardAddresses("http://localhost:1", "http://localhost:2", null, 0),
            new DashboardTokens("b", "o", "a", "r"),
            "http://127.0.0.1:3");

        environment["ASPNETCORE_URLS"].ShouldBe("http://localhost:1");
        environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"].ShouldBe("http://localhost:2");
        environment.ShouldNotContainKey("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL");
        environment["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"].ShouldBe("http://127.0.0.1:3");
        (environment["DASHBOARD__FRONTEND__AUTHMODE"], environment["DASHBOARD__FRONTEND__BROWSERTOKEN"]).ShouldBe(("BrowserToken", "b"));
        (environment["DASHBOARD__OTLP__AUTHMODE"], environment["DASHBOARD__OTLP__PRIMARYAPIKEY"]).ShouldBe(("ApiKey", "o"));
        (environment["DASHBOARD__API__AUTHMODE"], environment["DASHBOARD__API__PRIMARYAPIKEY"]).ShouldBe(("ApiKey", "a"));
        (environment["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"], environment["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"]).ShouldBe(("ApiKey", "r"));
        environment["ASPIRE_DASHBOARD_API_ENABLED"].ShouldBe("true");
        environment["ASPIRE_DASHBOARD_CORS_ALLOWED_ORIGINS"].ShouldBe("*");
        environment.Values.ShouldNotContain("secret");
    }

    [Fact]
    public void Environment_WhenUnsecured_SaysSo()
    {
        var environment = DashboardEnvironment.Create(
            Configuration(), new DashboardAddresses("http://localhost:1", "http://localhost:2", null, 0), new DashboardTokens(null, null, null, null), resourceServiceUrl: null);

        environment["DASHBOARD__FRONTEND__AUTHMODE"].ShouldBe("Unsecured");
        environment.ShouldNotContainKey("DASHBOARD__FRONTEND__BROWSERTOKEN");
    }

    private static DashboardTokens Tokens(params (string Key, string Value)[] settings)
    {
        using var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value));
        DashboardTokens.AddTo(configuration);
        return DashboardTokens.From(configuration);
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] settings)
        => new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build();
}
