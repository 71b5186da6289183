using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Bootstrap;

/// <summary>The program, started in a directory that has a file of variables, and told nothing else.</summary>
public sealed class WorkingDirectoryTests
{
    [Fact]
    public async Task TB05_Gateway_WhenItsDirectoryHasAFile_IsAsThatSays()
    {
        using var data = new DataFolder();
        await using var process = Start(data, "HOST=127.0.0.1", "PORT=0", "AUTH_KEY=a", "AUTH_KEY_01=b");

        var url = await process.WaitForLineAsync("edge:");

        url.ShouldStartWith("http://127.0.0.1:");
        using var client = GatewayClients.Create(new Uri(url), "a");
        using var answer = await client.GetAsync("/auth/status", TimeLimit.Token());
        (await answer.Content.ReadAsStringAsync(TimeLimit.Token())).ShouldBe(
            """{"enabled":true,"valid_keys_count":1,"auth_header":"Authorization","system_status":"active"}""");
        (await process.StopAsync()).ShouldBe(0);
        process.Output.Text().ShouldNotContain("development key:");
    }

    [Theory]
    [InlineData("AUTH_KEY='half", "line 1")]
    [InlineData("AUTH_KEY=two words", "AUTH_KEY:")]
    [InlineData("HOST=0.0.0.0\nENABLE_AUTH=false", "Gateway__OpenToNetwork")]
    public async Task Gateway_WhenTheFileCannotBeMeant_EndsWithOneLine(string text, string named)
    {
        using var data = new DataFolder();
        await using var process = Start(data, text.Split('\n'));

        (await process.WaitForExitAsync()).ShouldBe(1);
        var line = await process.ErrorLineAsync();
        line.ShouldContain(named);
        line.ShouldNotContain("half");
    }

    private static GatewayProcess Start(DataFolder data, params string[] lines)
    {
        File.WriteAllLines(Path.Combine(data.Path, ".env"), lines);
        return GatewayProcess.Start(
            data.Path, urls: null, settings: new Dictionary<string, string?> { ["Gateway__EnvFile"] = null }, workingDirectory: data.Path);
    }
}
