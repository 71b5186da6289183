using Microsoft.Extensions.Configuration;
using ServiceDefaults.Settings;
using Shouldly;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Bootstrap;

/// <summary>What a file of variables may say, and how.</summary>
public sealed class EnvFileTests
{
    [Theory]
    [InlineData("A=1", "1")]
    [InlineData("\uFEFFA=1\r\n", "1")]
    [InlineData("  export A = 1  ", "1")]
    [InlineData("# A=0\n\nA=1 # one", "1")]
    [InlineData("A=a#b", "a#b")]
    [InlineData("A=#b", "")]
    [InlineData("A=", "")]
    [InlineData("A='a # b\\n' # c", "a # b\\n")]
    [InlineData("A=\"a # b\\n\\\"c\\\" $d \\x\"", "a # b\n\"c\" $d \\x")]
    [InlineData("A='[\n  {\"name\": \"x\"}\n]'\nB=2", "[\n  {\"name\": \"x\"}\n]")]
    [InlineData("A=[{\"name\": \"x\"}]", "[{\"name\": \"x\"}]")]
    [InlineData("A=0\nA=1", "1")]
    [InlineData("a=1", "1")]
    public void File_WhenItHasAValue_IsReadAsItWasMeant(string text, string value) => EnvFileReader.Parse(".env", text)["A"].ShouldBe(value);

    [Fact]
    public void File_WhenANameHasTwoUnderscores_IsOfThatSection()
        => EnvFileReader.Parse(".env", "Gateway__AdminKey=x")["Gateway:AdminKey"].ShouldBe("x");

    [Theory]
    [InlineData("A=1\nnonsense secret-1", "line 2: NAME=value is expected")]
    [InlineData("1A=secret-1", "line 1: NAME=value is expected")]
    [InlineData("=secret-1", "line 1")]
    [InlineData("A='secret-1\n\n", "line 1: the value of A has no closing quote")]
    [InlineData("\nA=\"x\" secret-1", "line 2: there is more behind the closing quote of A")]
    [InlineData("A=secret-1\0", "line 1: the value of A has a NUL")]
    public void File_WhenItIsWrong_IsRefusedByItsLineAndRepeatsNothing(string text, string named)
    {
        var message = Should.Throw<SettingsException>(() => EnvFileReader.Parse(".env", text)).Message;

        message.ShouldContain($"'.env', {named}");
        message.ShouldNotContain("secret-1");
    }

    [Fact]
    public void File_WhenItIsNoText_IsRefused()
    {
        using var folder = new DataFolder();
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllBytes(file, [0xFF, 0xFE]);
        Should.Throw<SettingsException>(() => EnvFileReader.Read(file)).Message.ShouldContain("UTF-8");
        File.WriteAllText(file, new string('#', 1024 * 1024 + 1));
        Should.Throw<SettingsException>(() => EnvFileReader.Read(file)).Message.ShouldContain("larger");
    }

    [Fact]
    public void File_WhenTheEnvironmentSaysOtherwise_IsNotAsked_AndSaysMoreThanASettingsFile()
    {
        using var folder = new DataFolder();
        var file = Path.Combine(folder.Path, "my.env");
        File.WriteAllText(file, "openai_api_key=of-the-file\nHOME=of-the-file\nLogging__LogLevel__Default=Debug\n");
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = "Warning" });
        configuration.AddEnvironmentVariables();
        configuration.AddInMemoryCollection(new Dictionary<string, string?> { [EnvFile.Setting] = file });

        configuration.AddEnvFile().ShouldBe(file);

        configuration["OPENAI_API_KEY"].ShouldBe("of-the-file");
        configuration["HOME"].ShouldBe(Environment.GetEnvironmentVariable("HOME"));
        configuration["Logging:LogLevel:Default"].ShouldBe("Debug");

        File.WriteAllText(file, "OPENAI_API_KEY=another");
        EnvFile.Reload(configuration);
        configuration["OPENAI_API_KEY"].ShouldBe("another");

        File.WriteAllText(file, "OPENAI_API_KEY='half");
        Should.Throw<SettingsException>(() => EnvFile.Reload(configuration));
        configuration["OPENAI_API_KEY"].ShouldBe("another");
    }

    [Fact]
    public void File_WhenItIsNamed_MustBeThere_UnlessThereIsToBeNone()
    {
        Should.Throw<SettingsException>(() => EnvFile.Find(Settings("/nowhere/at/all.env"))).Message.ShouldContain("Gateway__EnvFile");
        EnvFile.Find(Settings("none")).ShouldBeNull();
        EnvFile.Find(Settings("")).ShouldBeNull();

        static IConfiguration Settings(string value)
            => new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [EnvFile.Setting] = value }).Build();
    }
}
