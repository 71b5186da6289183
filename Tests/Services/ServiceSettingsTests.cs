using Microsoft.Extensions.Configuration;
using RoutingService.Services;
using ServiceDefaults.Settings;
using Shouldly;
using Xunit;

namespace Tests.Services;

/// <summary>What the variables say, and what is refused of it.</summary>
public sealed class ServiceSettingsTests
{
    private const string Entry = """{"name":"up1","backend_type":"custom","base_url":"http://up1.example/v1"}""";

    [Fact]
    public void Services_WhenNamed_HaveWhatTheyAreGiven()
    {
        var service = Read(("ROUTER_SERVICES", """
            [{"name":"up1","backend_type":"cerebras","base_url":"https://up1.example/v1/","api_key":" sk-1 ","timeout":2.5,"priority":7,"rate_limit_requests":0,"rate_limit_window":1}]
            """)).ShouldHaveSingleItem();

        service.ApiKey!.Reveal().ShouldBe("sk-1");
        (service.Name, service.BackendType, service.TimeoutSeconds, service.Priority).ShouldBe(("up1", "cerebras", 2.5, 7));
        (service.RateLimit, service.RateLimitWindow).ShouldBe((0L, TimeSpan.FromSeconds(1)));
        service.ToString().ShouldNotContain("sk-1");
    }

    [Fact]
    public void Services_WhenLittleIsSaid_HaveDefaults()
    {
        var service = Read(("ROUTER_SERVICES", $"[{Entry}]")).ShouldHaveSingleItem();

        (service.TimeoutSeconds, service.Priority, service.RateLimit, service.RateLimitWindow).ShouldBe((60, 0, null, TimeSpan.FromMinutes(1)));
        Read(("ROUTER_SERVICES", $"[{Entry}]"), ("REQUEST_TIMEOUT", "5")).ShouldHaveSingleItem().TimeoutSeconds.ShouldBe(5);
    }

    [Fact]
    public void Services_WhenNamed_AreAllThereIs()
    {
        Read(("ROUTER_SERVICES", $"[{Entry}]"), ("OPENAI_API_KEY", "sk-1")).ShouldHaveSingleItem().Name.ShouldBe("up1");
        Read(("ROUTER_SERVICES", "[]"), ("OPENAI_API_KEY", "sk-1")).ShouldBeEmpty();
    }

    [Fact]
    public void Vendors_WhenTheirVariablesAreEmpty_AreNoServices()
        => Read(("OPENAI_API_KEY", " "), ("CEREBRAS_BASE_URL", "http://x.example"), ("OLLAMA_BASE_URL", ""), ("REQUEST_TIMEOUT", "nonsense")).ShouldBeEmpty();

    [Fact]
    public void Cerebras_WhenItsLimitIsSet_HasIt()
    {
        Read(("CEREBRAS_API_KEY", "sk-1")).ShouldHaveSingleItem().RateLimit.ShouldBeNull();
        Read(("CEREBRAS_API_KEY", "sk-1"), ("CEREBRAS_RATE_LIMIT_REQUESTS", "30")).ShouldHaveSingleItem().RateLimit.ShouldBe(30);
    }

    [Theory]
    [InlineData("https://api.openai.com/v1", "openai")]
    [InlineData("https://other.example/v1", "openai_compatible")]
    public void OpenAI_WhenItIsSomebodyElse_IsOnlySpokenToAsOne(string address, string type)
        => new ServiceSettings("x", "openai", new Uri(address)).ProviderType.ShouldBe(type);

    [Theory]
    [InlineData("{}", "ROUTER_SERVICES")]
    [InlineData("nonsense", "ROUTER_SERVICES")]
    [InlineData("""[],"x":1""", "x")]
    [InlineData("[1]", "ROUTER_SERVICES[0]")]
    [InlineData("""[{"backend_type":"custom","base_url":"http://x"}]""", "ROUTER_SERVICES[0].name")]
    [InlineData("""[{"name":"a/b","backend_type":"custom","base_url":"http://x"}]""", "ROUTER_SERVICES[0].name")]
    [InlineData("""[{"name":"a","backend_type":"custom"}]""", "ROUTER_SERVICES[0].base_url")]
    [InlineData("""[{"name":"a","backend_type":"custom","base_url":"ftp://x"}]""", "ROUTER_SERVICES[0].base_url")]
    [InlineData("""[{"name":"a","backend_type":"custom","base_url":"http://u:p@x"}]""", "ROUTER_SERVICES[0].base_url")]
    [InlineData("""[{"name":"a","backend_type":"custom","base_url":"http://x","rate_limit_requests":-1}]""", "ROUTER_SERVICES[0].rate_limit_requests")]
    [InlineData("""[{"name":"a","backend_type":"custom","base_url":"http://x","rate_limit":5}]""", "ROUTER_SERVICES[0].rate_limit")]
    [InlineData("""[{"name":"a","backend_type":"custom","base_url":"http://x"},{"name":"a","backend_type":"custom","base_url":"http://x"}]""", "'a'")]
    public void Services_WhenWrong_AreRefusedByName(string value, string named)
        => Should.Throw<SettingsException>(() => Read(("ROUTER_SERVICES", value))).Message.ShouldContain(named);

    [Theory]
    [InlineData("REQUEST_TIMEOUT", "soon")]
    [InlineData("REQUEST_TIMEOUT", "0")]
    [InlineData("OPENAI_BASE_URL", "not a url")]
    public void Vendors_WhenAVariableIsWrong_AreRefusedByName(string name, string value)
        => Should.Throw<SettingsException>(() => Read(("OPENAI_API_KEY", "sk-secret"), (name, value))).Message.ShouldContain(name);

    private static IReadOnlyList<ServiceSettings> Read(params (string Name, string Value)[] variables) => ServiceSettingsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(variables.ToDictionary(variable => variable.Name, variable => (string?)variable.Value)).Build());
}
