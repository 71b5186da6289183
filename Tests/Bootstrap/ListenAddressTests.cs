using Microsoft.Extensions.Configuration;
using ServiceDefaults.Hosting;
using ServiceDefaults.Settings;
using Shouldly;
using Xunit;

namespace Tests.Bootstrap;

/// <summary>Where the gateway listens, and who must not be let in without a key there.</summary>
public sealed class ListenAddressTests
{
    [Theory]
    [InlineData(null, null, "http://localhost:8080")]
    [InlineData(null, "9000", "http://0.0.0.0:9000")]
    [InlineData("127.0.0.1", null, "http://127.0.0.1:8080")]
    [InlineData("localhost", "9000", "http://localhost:9000")]
    [InlineData("::1", "9000", "http://[::1]:9000")]
    [InlineData("*", "0", "http://*:0")]
    [InlineData("", " ", "http://localhost:8080")]
    public void Address_WhenHostAndPortAreSet_IsOfBoth(string? host, string? port, string address)
        => ListenAddresses.Choose(Settings(("HOST", host), ("PORT", port))).ShouldBe(address);

    [Fact]
    public void Address_WhenTheImageSetsAPort_IsOfPortAndElseOfTheImage()
    {
        ListenAddresses.Choose(Settings(("http_ports", "8080"))).ShouldBeNull();
        ListenAddresses.Choose(Settings(("http_ports", "8080"), ("PORT", "9000"))).ShouldBe("http://0.0.0.0:9000");
    }

    [Fact]
    public void Host_WhenAShellHasSetItToTheMachine_IsNotOurs()
        => ListenAddresses.Choose(Settings(("HOST", $"{Environment.MachineName}.example"))).ShouldBe("http://localhost:8080");

    [Theory]
    [InlineData("HOST", "nonsense.example")]
    [InlineData("PORT", "99999")]
    [InlineData("PORT", "http")]
    public void Address_WhenItIsWrong_IsRefusedByName(string name, string value)
        => Should.Throw<SettingsException>(() => ListenAddresses.Choose(Settings((name, value)))).Message.ShouldContain(name);

    [Theory]
    [InlineData("http://localhost:8080", true)]
    [InlineData("http://127.0.0.1:0;http://[::1]:8080", true)]
    [InlineData("http://0.0.0.0:8000", false)]
    [InlineData("http://localhost:8080;http://*:8081", false)]
    [InlineData("http://gateway.example:8080", false)]
    [InlineData(null, false)]
    public void Gateway_WhenNoKeyIsAskedFor_ListensToThisMachineAlone(string? urls, bool isLocal)
    {
        var open = Settings(("urls", urls), ("ENABLE_AUTH", "False"));
        Action check = () => ClientAuthenticationSetting.Read(open).CheckAddresses(open);
        if (isLocal)
        {
            check();
        }
        else
        {
            Should.Throw<SettingsException>(check).Message.ShouldContain("Gateway__OpenToNetwork");
        }

        var meant = Settings(("urls", urls), ("ENABLE_AUTH", "0"), ("Gateway:OpenToNetwork", "true"));
        ClientAuthenticationSetting.Read(meant).CheckAddresses(meant);
    }

    [Theory]
    [InlineData("ENABLE_AUTH", "perhaps")]
    [InlineData("AUTH_HEADER_NAME", "two words")]
    public void Authentication_WhenItsSettingIsWrong_IsRefusedByName(string name, string value)
        => Should.Throw<SettingsException>(() => ClientAuthenticationSetting.Read(Settings((name, value)))).Message.ShouldContain(name);

    private static IConfiguration Settings(params (string Name, string? Value)[] settings)
        => new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => setting.Value)).Build();
}
