using System.Net;
using System.Net.Http.Json;
using Gateway.Edge.Admin;
using Gateway.Edge.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Edge;

public sealed class AdminForwardingTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_WhenForwarded_GoesOnAsItCameWithoutTheCallersKey()
    {
        await using var service = await StartServiceAsync();
        await using var edge = await StartEdgeAsync(service);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/keys/a%20b?x=%C3%A9&y=1") { Content = JsonContent.Create(new { name = "n" }) };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer the-admin-key");

        using var response = await edge.Client.SendAsync(request, Cancelled);

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldBe("POST /admin/keys/a%20b ?x=%C3%A9&y=1 [] application/json; charset=utf-8 {\"name\":\"n\"}");
    }

    [Theory]
    [InlineData("/admin/keys/%252e%252e/%252e%252e/internal/settle")]
    [InlineData("/admin/keys/..%252finternal/settle")]
    [InlineData("/admin/keys/../../internal/settle")]
    [InlineData("/admin/keys/%2e%2e/%2e%2e/internal/settle")]
    public async Task Request_WhenThePathLeadsOutOfTheAdminApi_IsNotForwarded(string path)
    {
        await using var service = await StartServiceAsync();
        await using var edge = await StartEdgeAsync(service);
        var url = edge.Client.BaseAddress + path[1..];

        using var response = await edge.Client.GetAsync(new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }), Cancelled);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Task<LoopbackApp> StartServiceAsync() => LoopbackApp.StartAsync(_ => { }, app => app.Run(async context =>
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        using var reader = new StreamReader(context.Request.Body);
        var request = context.Request;
        await context.Response.WriteAsync(
            $"{request.Method} {request.Path.ToUriComponent()} {request.QueryString} [{request.Headers.Authorization}] {request.ContentType} {await reader.ReadToEndAsync(Cancelled)}");
    }));

    private static Task<LoopbackApp> StartEdgeAsync(LoopbackApp service) => LoopbackApp.StartAsync(
        builder => builder.Services.AddHttpClient(ServiceClients.KeyService, client => client.BaseAddress = service.Client.BaseAddress),
        app => app.MapAdminForwarding());
}
