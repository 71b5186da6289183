using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Startup;

/// <summary>A setting that cannot be right ends the program with one line that names it.</summary>
public sealed class BadSettingsTests(UpstreamSimulator simulator)
{
    [Theory]
    [InlineData("Gateway__AdminKey", "changeme", "Gateway__AdminKey")]
    [InlineData("Gateway__AdminKey", "short", "Gateway__AdminKey")]
    [InlineData("Gateway__AdminKey", "aaaaaaaaaaaaaaaaaaaaaaaa", "Gateway__AdminKey")]
    [InlineData("Gateway__AdminKey", "has a space in the middle of it", "Gateway__AdminKey")]
    [InlineData("Gateway__MasterKey", "not base64!", "Gateway__MasterKey")]
    [InlineData("Gateway__MasterKey", "dG9vIHNob3J0", "Gateway__MasterKey")]
    [InlineData("Gateway__KeyPepper", "changeme", "Gateway__KeyPepper")]
    [InlineData("ConnectionStrings__keys", "nonsense", "ConnectionStrings__keys")]
    [InlineData("ConnectionStrings__usage", "Data Source=/nowhere/at/all/usage.db", "database")]
    [InlineData("ConnectionStrings__routing", "Host=127.0.0.1;Port=1;Database=x;Username=x;Timeout=2", "database")]
    [InlineData("Edge__Limits__MaxRequestMegabytes", "0", "MaxRequestMegabytes")]
    [InlineData("Edge__Limits__MaxRequestMegabytes", "many", "MaxRequestMegabytes")]
    [InlineData("Routing__Upstream__ConnectSeconds", "-1", "ConnectSeconds")]
    public async Task Start_WhenASettingIsWrong_NamesItInOneLine(string name, string value, string named)
    {
        using var data = new DataFolder();

        var line = await FailAsync(data.Path, settings: new() { [name] = value });

        line.ShouldContain(named);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("ftp://127.0.0.1:8080")]
    public async Task Start_WhenTheUrlIsWrong_SaysSo(string url)
    {
        using var data = new DataFolder();

        (await FailAsync(data.Path, url)).ShouldContain("--urls");
    }

    [Fact]
    public async Task Start_WhenThePortIsTaken_SaysSo()
    {
        using var data = new DataFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var line = await FailAsync(data.Path, $"http://{listener.LocalEndpoint}");

        line.ShouldContain("in use");
        line.ShouldContain("--urls");
    }

    [Fact]
    public async Task Start_WhenTheDataDirectoryCannotBe_SaysSo()
    {
        using var data = new DataFolder();
        var file = Path.Combine(data.Path, "file");
        await File.WriteAllTextAsync(file, "", TimeLimit.Token());

        (await FailAsync(Path.Combine(file, "below"))).ShouldContain("Gateway__DataDirectory");
    }

    [Fact]
    public async Task Start_WhenTheMasterKeyIsAnother_ChangesNothing()
    {
        await using var gateway = await StandaloneGateway.StartNewAsync();
        using (var caller = new Caller(gateway, simulator))
        {
            await caller.AddUpstreamAsync();
        }

        await gateway.StopAsync();
        var before = Digests(gateway.DataDirectory);

        var line = await FailAsync(
            gateway.DataDirectory, settings: new() { ["Gateway__MasterKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) });

        line.ShouldContain("Gateway__MasterKey");
        Digests(gateway.DataDirectory).ShouldBe(before);
    }

    [Fact]
    public async Task Start_WhenAKeyFileIsLost_ChangesNothing()
    {
        await using var gateway = await StandaloneGateway.StartNewAsync();
        await gateway.StopAsync();
        File.Delete(Path.Combine(gateway.DataDirectory, "pepper.key"));
        var before = Digests(gateway.DataDirectory);

        (await FailAsync(gateway.DataDirectory)).ShouldContain("pepper.key");

        Digests(gateway.DataDirectory).ShouldBe(before);
    }

    private static async Task<string> FailAsync(string dataDirectory, string urls = "http://127.0.0.1:0", Dictionary<string, string?>? settings = null)
    {
        await using var process = GatewayProcess.Start(dataDirectory, urls: urls, settings: settings);
        (await process.WaitForExitAsync()).ShouldBe(1);
        return await process.ErrorLineAsync();
    }

    private static Dictionary<string, string> Digests(string directory)
        => DataFolder.Read(directory).ToDictionary(file => Path.GetFileName(file.File), file => Convert.ToHexStringLower(SHA256.HashData(file.Bytes)));
}
