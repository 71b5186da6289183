using System.Net;
using System.Net.Mime;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using ServiceDefaults.Settings;
using Shouldly;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Defaults;

public sealed class SecretReferenceTests : IDisposable
{
    private const string Setting = SecretSetting.MasterKey;

    private readonly DataFolder _folder = new();

    [Fact]
    public void Resolve_WhenItIsNoReference_IsTheValueItself() => SecretReference.Resolve(Setting, "c2VjcmV0").ShouldBe("c2VjcmV0");

    [Fact]
    public void Resolve_WhenItIsAFile_ReadsIt()
    {
        var path = Write("the-secret\n", UnixFileMode.UserRead);

        SecretReference.Resolve(Setting, SecretReference.ToFile(path)).ShouldBe("the-secret");
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Resolve_WhenEverybodyMayReadOrWriteTheFile_IsRefused(UnixFileMode others)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no Unix modes.");
        var path = Write("the-secret", UnixFileMode.UserRead | others);

        Should.Throw<SettingsException>(() => SecretReference.Resolve(Setting, SecretReference.ToFile(path))).Message.ShouldContain($"chmod o= '{path}'");
    }

    /// <summary>So Kubernetes mounts a secret: a link to a link of a folder, and each of them may be read by everybody.</summary>
    [Fact]
    public void Resolve_WhenTheFileIsBehindLinks_GoesByTheRightsOfTheFile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no Unix modes.");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "..first"));
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "..data"), "..first");
        var path = Path.Combine(_folder.Path, "master");
        File.CreateSymbolicLink(path, Path.Combine("..data", "secret"));
        Write("the-secret", UnixFileMode.UserRead | UnixFileMode.UserWrite, "..first");

        SecretReference.Resolve(Setting, SecretReference.ToFile(path)).ShouldBe("the-secret");
        Write("the-secret", UnixFileMode.UserRead | UnixFileMode.OtherRead, "..first");
        Should.Throw<SettingsException>(() => SecretReference.Resolve(Setting, SecretReference.ToFile(path))).Message.ShouldContain("by everybody");
    }

    [Theory]
    [InlineData("${file:/no/such/file}", "/no/such/file")]
    [InlineData("${file:}", "There is no file")]
    [InlineData("${keyvault:http://v.vault.azure.net/secrets/s}", "no secret of a vault")]
    [InlineData("${keyvault:https://v.vault.azure.net/keys/k}", "no secret of a vault")]
    [InlineData("${keyvault:nonsense}", "no secret of a vault")]
    public void Resolve_WhenThereIsNothing_NamesTheSettingAndThePlace(string reference, string said)
    {
        var message = Should.Throw<SettingsException>(() => SecretReference.Resolve(Setting, reference)).Message;

        message.ShouldStartWith("Gateway__MasterKey");
        message.ShouldContain(said);
    }

    [Theory]
    [InlineData("https://v.vault.azure.net/secrets/master", "/secrets/master")]
    [InlineData("https://v.vault.azure.net/secrets/master/0123456789abcdef", "/secrets/master/0123456789abcdef")]
    public void Resolve_WhenItIsInAVault_AsksForItWithAToken(string url, string path)
    {
        using var vault = new Vault(HttpStatusCode.OK);
        using var client = new HttpClient(vault);

        Resolve(url, client).ShouldBe("from-the-vault");

        vault.Asked.ShouldContain($"{path} Bearer a-token");
    }

    [Fact]
    public void Resolve_WhenTheVaultRefuses_SaysSo()
    {
        using var vault = new Vault(HttpStatusCode.Forbidden);
        using var client = new HttpClient(vault);

        Should.Throw<SettingsException>(() => Resolve("https://v.vault.azure.net/secrets/master", client)).Message.ShouldContain("the vault does not give");
    }

    [Fact]
    public void ParseList_TakesLinesAndCommas()
    {
        var (first, second, third) = (SecretSetting.Create(), SecretSetting.Create(), SecretSetting.Create());

        SecretSetting.ParseList(Setting, $"{first},{second}\r\n{third}\n").Select(Convert.ToBase64String).ShouldBe([first, second, third]);
        Should.Throw<SettingsException>(() => SecretSetting.ParseList(Setting, $"{first},nonsense"));
        Should.Throw<SettingsException>(() => SecretSetting.ParseList(Setting, " , "));
    }

    public void Dispose() => _folder.Dispose();

    private static string Resolve(string url, HttpClient client)
        => SecretReference.Resolve(
            Setting,
            $"${{keyvault:{url}}}",
            (new Token(), new SecretClientOptions { Transport = new HttpClientTransport(client), Retry = { MaxRetries = 0 } }));

    private string Write(string text, UnixFileMode mode, string folder = "")
    {
        var path = Path.Combine(_folder.Path, folder, "secret");
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }

        return path;
    }

    private sealed class Token : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("a-token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }

    /// <summary>Asks for a token first, as the real one does.</summary>
    private sealed class Vault(HttpStatusCode status) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add($"{request.RequestUri!.AbsolutePath} {request.Headers.Authorization}");
            if (request.Headers.Authorization is null)
            {
                var challenge = new HttpResponseMessage(HttpStatusCode.Unauthorized) { Content = new StringContent("") };
                challenge.Headers.TryAddWithoutValidation("WWW-Authenticate", "Bearer authorization=\"https://login.microsoftonline.com/tenant\", resource=\"https://vault.azure.net\"");
                return challenge;
            }

            var body = status == HttpStatusCode.OK
                ? """{"value":"from-the-vault","id":"https://v.vault.azure.net/secrets/master/0123456789abcdef","attributes":{"enabled":true}}"""
                : """{"error":{"code":"Forbidden","message":"No."}}""";
            return new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, MediaTypeNames.Application.Json) };
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Send(request, cancellationToken));
    }
}
