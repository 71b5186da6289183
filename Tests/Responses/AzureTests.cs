using System.Text;
using Azure.Core;
using Azure.Identity;
using Gateway.Contracts.Errors;
using RoutingService.Providers.Azure;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using Shouldly;
using Tests.Fixtures;
using Tests.TestKit;
using Xunit;

namespace Tests.Responses;

public sealed class AzureTests
{
    [Theory]
    [InlineData("https://r.openai.azure.com", null, "chat/completions", "https://r.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://r.openai.azure.com/openai/v1/", "v1", "responses", "https://r.openai.azure.com/openai/v1/responses")]
    [InlineData("https://r.openai.azure.com", "preview", "responses", "https://r.openai.azure.com/openai/v1/responses?api-version=preview")]
    [InlineData("https://r.openai.azure.com/openai", "2024-10-21", "chat/completions", "https://r.openai.azure.com/openai/deployments/my%20dep/chat/completions?api-version=2024-10-21")]
    [InlineData("https://r.openai.azure.com", "2025-04-01-preview", "responses", "https://r.openai.azure.com/openai/responses?api-version=2025-04-01-preview")]
    public void Address_IsThatOfItsVersion(string baseUrl, string? version, string path, string address)
        => AzureSettings.Address(Provider(baseUrl, version is null ? [] : new() { ["api_version"] = version }), "my dep", path).AbsoluteUri.ShouldBe(address);

    [Theory]
    [InlineData("api_version", "2024", false)]
    [InlineData("api_version", "2024-10-21&x=y", false)]
    [InlineData("api_version", "2024-10-21-preview", true)]
    [InlineData("auth", "none", false)]
    [InlineData("auth", "entra", true)]
    [InlineData("tenant_id", "me", false)]
    public void Setting_WhenItMakesNoSense_IsRefused(string name, string value, bool isFine) => (AzureSettings.FindFault(name, value) is null).ShouldBe(isFine);

    [Fact]
    public async Task Token_OfEntra_IsAskedOfOneCredentialForEachIdentity()
    {
        var credentials = new List<FakeCredential>();
        var tokens = new EntraTokens(_ =>
        {
            credentials.Add(new FakeCredential());
            return credentials[^1];
        });
        var provider = Provider("https://r.openai.azure.com", new() { ["client_id"] = Guid.NewGuid().ToString() });

        (await tokens.GetAsync(provider, TimeLimit.Token())).ShouldBe("token-1");
        (await tokens.GetAsync(provider with { Name = "same" }, TimeLimit.Token())).ShouldBe("token-2");
        (await tokens.GetAsync(Provider("https://r.openai.azure.com", []), TimeLimit.Token())).ShouldBe("token-1");

        credentials.Count.ShouldBe(2);
        credentials[0].IsBroken = true;
        var exception = await Should.ThrowAsync<GatewayErrorException>(async () => await tokens.GetAsync(provider, TimeLimit.Token()));
        exception.Error.Code.ShouldBe("upstream_auth");
        exception.Message.ShouldNotContain("secret");
    }

    [Fact]
    public void Failures_ThatWereRecorded_SayWhatWentWrong()
    {
        FixtureLibrary.RequireWhole();
        var errors = FixtureLibrary.Files("azure").Select(row => FixtureLibrary.Load(row.Data)).Where(fixture => fixture.Status >= 400).ToList();

        errors.ShouldNotBeEmpty();
        foreach (var fixture in errors)
        {
            var fault = AzureErrors.FindFault(fixture.ReplayBytes);
            fault.Message.ShouldNotBeEmpty(fixture.Id);
            (fault.Code?.All(char.IsAsciiDigit) ?? false).ShouldBeFalse(fixture.Id);
        }

        AzureErrors.FindFault(FixtureLibrary.Load("azure/unary.error-400.content-filter-400-0.json").ReplayBytes).Code.ShouldBe("content_filter");
        AzureErrors.FindFault(Encoding.UTF8.GetBytes("""{"error":{"code":"DeploymentNotFound","message":"x"}}""")).Status.ShouldBe(404);
    }

    private static ProviderTarget Provider(string baseUrl, Dictionary<string, string> settings)
        => new("azure", null!, new Uri(baseUrl), IsLocal: false, new ProviderCredential("a-secret")) { Settings = settings };

    private sealed class FakeCredential : TokenCredential
    {
        private int _count;

        public bool IsBroken { get; set; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
            => IsBroken
                ? throw new AuthenticationFailedException("secret refused")
                : new AccessToken($"token-{++_count}", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
            => ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
