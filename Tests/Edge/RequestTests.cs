using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Edge.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Settings;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Edge;

public sealed class RequestTests
{
    private static readonly string Key = VirtualKeySecret.Create();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("plain-name", "plain-name")]
    [InlineData("with space", "with space")]
    [InlineData("modèle", "mod%C3%A8le")]
    [InlineData("50%", "50%25")]
    [InlineData("a\r\nx-evil: 1", "a%0D%0Ax-evil: 1")]
    [InlineData("\0\u007f", "%00%7F")]
    [InlineData("😀", "%F0%9F%98%80")]
    [InlineData("", "")]
    public void HeaderText_WhenEncoded_IsVisibleAscii(string text, string expected) => HeaderText.Encode(text).ShouldBe(expected);

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("bearer ")]
    [InlineData("BEARER   ")]
    public async Task Credentials_WhenInTheAuthorizationHeader_AreFound(string scheme)
        => (await RequireAsync(Request(("authorization", scheme + Key)))).ShouldBe(Key);

    [Fact]
    public async Task Credentials_WhenInTheApiKeyHeader_AreFound()
    {
        (await RequireAsync(Request(("x-api-key", Key)))).ShouldBe(Key);
        (await RequireAsync(Request(("x-api-key", Key), ("authorization", $"Bearer {Key}")))).ShouldBe(Key);
        (await RequireAsync(Request(("x-api-key", Key), ("authorization", "Basic dTpw")))).ShouldBe(Key);
    }

    [Fact]
    public async Task Credentials_WhenTwoDiffer_AreRefusedAndNotChosenFrom()
    {
        (await RefusalAsync(("x-api-key", Key), ("authorization", $"Bearer {VirtualKeySecret.Create()}"))).Kind.ShouldBe(GatewayErrorKind.BadRequest);
        (await RefusalAsync("x-team-key", ("x-team-key", VirtualKeySecret.Create()), ("authorization", $"Bearer {Key}"))).Kind.ShouldBe(GatewayErrorKind.BadRequest);

        var twice = Request();
        twice.Headers.Authorization = new Microsoft.Extensions.Primitives.StringValues([$"Bearer {Key}", $"Bearer {Key}"]);
        (await Should.ThrowAsync<GatewayErrorException>(() => RequireAsync(twice))).Error.Kind.ShouldBe(GatewayErrorKind.BadRequest);
    }

    [Theory]
    [InlineData("Authorization", "authorization")]
    [InlineData("X-API-Key", "x-api-key")]
    [InlineData("X-Team-Key", "x-team-key")]
    public async Task Credentials_WhenInTheHeaderOfTheSettings_MayHaveTheirSchemeOrNot(string setting, string header)
    {
        (await RequireAsync(Request((header, Key)), setting)).ShouldBe(Key);
        (await RequireAsync(Request((header, $"Bearer {Key}")), setting)).ShouldBe(Key);
        (await RequireAsync(Request((header, Key), ("authorization", $"Bearer {Key}")), setting)).ShouldBe(Key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Basic dTpw")]
    public async Task Credentials_WhenThereAreNone_AreMissing(string authorization)
    {
        (await RefusalAsync(("authorization", authorization))).ShouldBe(GatewayError.MissingKey());
        (await RefusalAsync(("x-team-key", Key))).ShouldBe(GatewayError.MissingKey());
        (await RefusalAsync()).ShouldBe(GatewayError.MissingKey());
    }

    [Theory]
    [InlineData("Bearer sk-gw-short")]
    [InlineData("sk-gw-short")]
    public async Task Credentials_WhenMalformed_AreRefusedInTheSameWords(string authorization)
    {
        (await RefusalAsync(("authorization", authorization))).ShouldBe(GatewayError.InvalidKey());
        (await RefusalAsync(("authorization", "Bearer " + new string('x', 1_000_000)))).ShouldBe(GatewayError.InvalidKey());
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("Application/JSON; charset=UTF-8")]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/vnd.api+json")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Body_WhenItIsJson_IsReadToTheByte(string? contentType)
    {
        foreach (var length in new[] { 0, 1, 4095, 4096, 4097, 100_000 })
        {
            var bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            foreach (var announced in new long?[] { null, length })
            {
                using var body = await ReadAsync(contentType, bytes, announced);

                body.Memory.ToArray().ShouldBe(bytes);
            }
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("json")]
    [InlineData("application/jsonx")]
    public async Task Body_WhenItIsNotJson_IsRefused(string contentType)
        => (await Should.ThrowAsync<GatewayErrorException>(() => ReadAsync(contentType, [], null))).Error.Kind.ShouldBe(GatewayErrorKind.UnsupportedMediaType);

    [Fact]
    public async Task Body_WhenItIsCompressed_IsRefused()
    {
        var request = Request(("content-encoding", "gzip"));
        request.ContentType = "application/json";

        (await Should.ThrowAsync<GatewayErrorException>(async () => await RequestBody.ReadAsync(request, 1000, Cancelled)))
            .Error.Kind.ShouldBe(GatewayErrorKind.UnsupportedMediaType);
    }

    private static async Task<RequestBody> ReadAsync(string? contentType, byte[] bytes, long? announced)
    {
        var request = Request();
        request.ContentType = contentType;
        request.ContentLength = announced;
        request.Body = new SplitStream(bytes, () => 1500);
        return await RequestBody.ReadAsync(request, 1 << 20, Cancelled);
    }

    private static Task<GatewayError> RefusalAsync(params (string Name, string Value)[] headers)
        => RefusalAsync(ClientAuthenticationSetting.DefaultHeader, headers);

    private static async Task<GatewayError> RefusalAsync(string setting, params (string Name, string Value)[] headers)
        => (await Should.ThrowAsync<GatewayErrorException>(() => RequireAsync(Request(headers), setting))).Error;

    private static Task<string> RequireAsync(HttpRequest request, string setting = ClientAuthenticationSetting.DefaultHeader)
    {
        request.HttpContext.RequestServices = new ServiceCollection()
            .AddSingleton(new ClientAuthenticationSetting(IsEnabled: true, setting)).BuildServiceProvider();
        return ClientCredentials.RequireKeyAsync(request.HttpContext).AsTask();
    }

    private static HttpRequest Request(params (string Name, string Value)[] headers)
    {
        var request = new DefaultHttpContext().Request;
        foreach (var (name, value) in headers)
        {
            request.Headers[name] = value;
        }

        return request;
    }
}
