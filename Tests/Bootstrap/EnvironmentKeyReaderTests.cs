using Gateway.Contracts.Keys;
using KeyService.EnvironmentKeys;
using Microsoft.Extensions.Configuration;
using ServiceDefaults.Settings;
using Shouldly;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Bootstrap;

/// <summary>Which keys the variables name.</summary>
public sealed class EnvironmentKeyReaderTests
{
    [Fact]
    public void TB05_Keys_WhenOneIsAlone_IsTheOnlyOne()
        => Read(("AUTH_KEY", " a "), ("AUTH_KEY_01", "b"), ("AUTH_KEYS_FILE", "/nowhere")).ShouldBe([new EnvironmentKey("environment", "a")]);

    [Fact]
    public void TB05_Keys_WhenANumberIsWanting_EndThere()
    {
        Read(("AUTH_KEY", " "), ("AUTH_KEY_01", "b"), ("auth_key_02", "c"), ("AUTH_KEY_04", "d")).ShouldBe(
            [new EnvironmentKey("environment-01", "b"), new EnvironmentKey("environment-02", "c")]);
        Read(("AUTH_KEY_01", " "), ("AUTH_KEY_02", "c")).ShouldBeEmpty();
        Read(("AUTH_KEY_01", "b"), ("AUTH_KEY_02", "b")).ShouldHaveSingleItem();
    }

    [Fact]
    public void Keys_WhenInAFile_AreItsLinesBesideTheNumberedOnes()
    {
        using var folder = new DataFolder();
        var file = Path.Combine(folder.Path, "keys");
        var own = VirtualKeySecret.Create();
        File.WriteAllText(file, $"# ours\n\n  one \n{own}\n");

        Read(("AUTH_KEY_01", "b"), ("AUTH_KEYS_FILE", file)).ShouldBe(
            [new EnvironmentKey("environment-01", "b"), new EnvironmentKey("environment-file-03", "one"), new EnvironmentKey("environment-file-04", own)]);

        File.WriteAllText(file, "two words");
        Should.Throw<SettingsException>(() => Read(("AUTH_KEYS_FILE", file))).Message.ShouldContain("AUTH_KEYS_FILE, line 1");
        Should.Throw<SettingsException>(() => Read(("AUTH_KEYS_FILE", "/nowhere"))).Message.ShouldContain("AUTH_KEYS_FILE");
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("sk-gw-mistyped")]
    [InlineData("schlüssel")]
    public void Key_WhenItCannotBeOne_IsRefusedByNameAndNotTold(string secret)
    {
        var message = Should.Throw<SettingsException>(() => Read(("AUTH_KEY_01", secret))).Message;

        message.ShouldContain("AUTH_KEY_01");
        message.ShouldNotContain(secret);
    }

    private static IReadOnlyList<EnvironmentKey> Read(params (string Name, string Value)[] variables) => EnvironmentKeyReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(variables.ToDictionary(variable => variable.Name, variable => (string?)variable.Value)).Build());
}
