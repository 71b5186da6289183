using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Tests.Compat;

public sealed class ServiceDiscoveryTests : IDisposable
{
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Services:keyservice:http:0"] = "http://localhost:5101",
        ["Services:keyservice:https:0"] = "https://localhost:7101",
        ["Services:keyservice:admin:0"] = "http://localhost:5199",
        ["Services:only:http:0"] = "http://localhost:5301",
        ["Services:multi:http:0"] = "http://a:1",
        ["Services:multi:http:1"] = "http://b:2",
        ["Services:def:default:0"] = "http://d:9/base/",
        ["Services:single:http"] = "http://single:8",
        ["Services:bare:http:0"] = "localhost:7000",
        ["Services:wrong:http:first"] = "http://wrong:1",
    }).Build();

    private readonly ScriptedHandler _handler = new((_, _) => new HttpResponseMessage(HttpStatusCode.OK));

    [Theory]
    [InlineData("http://keyservice/x?y=1", "http://localhost:5101/x?y=1")]
    [InlineData("https://keyservice/x", "https://localhost:7101/x")]
    [InlineData("https+http://keyservice/x", "https://localhost:7101/x")]
    [InlineData("http+https://keyservice/x", "http://localhost:5101/x")]
    [InlineData("https+http://only/x", "http://localhost:5301/x")]
    [InlineData("https://only/x", "https://only/x")]
    [InlineData("http://_admin.keyservice/x", "http://localhost:5199/x")]
    [InlineData("https+http://_admin.keyservice/x", "http://localhost:5199/x")]
    [InlineData("http://def/p", "http://d:9/base/p")]
    [InlineData("https+http://def/p", "http://d:9/base/p")]
    [InlineData("http://single/", "http://single:8/")]
    [InlineData("http://bare/z", "http://localhost:7000/z")]
    [InlineData("https+http://bare/z", "https://localhost:7000/z")]
    [InlineData("http://keyservice:9999/x", "http://localhost:5101/x")]
    [InlineData("HTTP://KEYSERVICE/x", "http://localhost:5101/x")]
    [InlineData("http://unknown:81/z", "http://unknown:81/z")]
    [InlineData("https+http://unknown/z", "https://unknown/z")]
    [InlineData("https+http://_admin.unknown/z", "https://unknown/z")]
    [InlineData("https://example.com:8443/q", "https://example.com:8443/q")]
    [InlineData("http://127.0.0.1:55/x", "http://127.0.0.1:55/x")]
    [InlineData("http://keyservice/a%20b?q=c%2Fd", "http://localhost:5101/a%20b?q=c%2Fd")]
    public async Task Request_WhenHostIsAServiceName_GoesToItsEndpoint(string requested, string expected)
    {
        using var client = CreateClient();

        await client.GetAsync(new Uri(requested), TestContext.Current.CancellationToken);

        _handler.Received.ShouldHaveSingleItem().Uri.AbsoluteUri.ShouldBe(expected);
    }

    [Fact]
    public async Task Request_WhenServiceHasTwoEndpoints_AlternatesBetweenThem()
    {
        using var client = CreateClient();

        for (var call = 0; call < 4; call++)
        {
            await client.GetAsync(new Uri("http://multi/"), TestContext.Current.CancellationToken);
        }

        var authorities = _handler.Received.Select(received => received.Uri.Authority).ToArray();
        authorities[..2].ShouldBe(["a:1", "b:2"], ignoreOrder: true);
        authorities[2..].ShouldBe(authorities[..2]);
    }

    [Fact]
    public async Task Request_WhenCallIsOver_HasItsOriginalUriAgain()
    {
        using var client = CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "https+http://keyservice/x");

        await client.SendAsync(request, TestContext.Current.CancellationToken);

        request.RequestUri.ShouldBe(new Uri("https+http://keyservice/x"));
        _handler.Received.ShouldHaveSingleItem().Host.ShouldBeNull();
    }

    [Fact]
    public async Task Request_WhenConfigurationIsReloaded_GoesToTheNewEndpoint()
    {
        using var client = CreateClient();
        await client.GetAsync(new Uri("http://keyservice/"), TestContext.Current.CancellationToken);
        await client.GetAsync(new Uri("http://late/"), TestContext.Current.CancellationToken);

        _configuration["Services:keyservice:http:0"] = "http://localhost:6101";
        _configuration["Services:late:http:0"] = "http://localhost:6102";
        _configuration.Reload();
        await client.GetAsync(new Uri("http://keyservice/"), TestContext.Current.CancellationToken);
        await client.GetAsync(new Uri("http://late/"), TestContext.Current.CancellationToken);

        _handler.Received.Select(received => received.Uri.Authority).ShouldBe(["localhost:5101", "late", "localhost:6101", "localhost:6102"]);
    }

    [Fact]
    public async Task Request_WhenAKeyOfTheEndpointIsNoNumber_Throws()
    {
        using var client = CreateClient();

        await Should.ThrowAsync<KeyNotFoundException>(
            () => client.GetAsync(new Uri("http://wrong/"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Request_WhenItsFirstSchemeIsNotAllowed_UsesTheNext()
    {
        using var client = CreateClient(services => services.AddServiceDiscovery(options =>
        {
            options.AllowAllSchemes = false;
            options.AllowedSchemes = ["https"];
        }));

        await client.GetAsync(new Uri("http+https://keyservice/x"), TestContext.Current.CancellationToken);

        _handler.Received.ShouldHaveSingleItem().Uri.ShouldBe(new Uri("https://localhost:7101/x"));
    }

    [Fact]
    public async Task Request_WhenProvidersAreAddedByHand_UsesTheirSectionAndHostName()
    {
        _configuration["Peers:keyservice:http:0"] = "http://localhost:5901";
        using var client = CreateClient(services => services.AddServiceDiscoveryCore()
            .AddConfigurationServiceEndpointProvider(options =>
            {
                options.SectionName = "Peers";
                options.ShouldApplyHostNameMetadata = _ => true;
            })
            .AddPassThroughServiceEndpointProvider());

        await client.GetAsync(new Uri("http://keyservice/x"), TestContext.Current.CancellationToken);

        _handler.Received.ShouldHaveSingleItem().ShouldBe((new Uri("http://localhost:5901/x"), "keyservice"));
    }

    [Fact]
    public async Task Request_WhenNoProviderKnowsTheService_Throws()
    {
        using var client = CreateClient(services => services.AddServiceDiscoveryCore());

        await Should.ThrowAsync<InvalidOperationException>(
            () => client.GetAsync(new Uri("http://keyservice/"), TestContext.Current.CancellationToken));
    }

    public void Dispose() => _handler.Dispose();

    private HttpClient CreateClient(Action<IServiceCollection>? addDiscovery = null)
    {
        var services = new ServiceCollection().AddSingleton<IConfiguration>(_configuration);
        (addDiscovery ?? (collection => collection.AddServiceDiscovery()))(services);
        services.AddHttpClient("client").ConfigurePrimaryHttpMessageHandler(() => _handler).AddServiceDiscovery();
        return services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("client");
    }
}
