using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Edge.Calls;
using Gateway.Llm.Canonical;
using Gateway.Simulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using RoutingService;
using RoutingService.Downloads;
using RoutingService.Providers;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Routing;

/// <summary>Pictures and documents by address, for providers that take bytes alone.</summary>
public sealed class MediaDownloadTests : IAsyncLifetime
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];
    private static readonly byte[] Pdf = [.. "%PDF-1.7 text"u8];

    /// <summary>The headers of each request that has arrived.</summary>
    private readonly List<List<string>> _requests = [];
    private LoopbackApp _host = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await LoopbackApp.StartAsync(_ => { }, app => app.Map("/{**path}", async context =>
    {
        _requests.Add([.. context.Request.Headers.Select(header => header.Key).Order(StringComparer.Ordinal)]);
        var (status, type, body) = context.Request.Path.Value switch
        {
            "/a.png" => (200, "image/png", Png),
            "/a.jpg" => (200, "image/jpg", [0xFF, 0xD8, 0xFF, 0xE0]),
            "/a.webp" => (200, "image/webp", [.. "RIFF0000WEBPVP8 "u8]),
            "/a.pdf" => (200, "application/pdf", Pdf),
            "/a.txt" => (200, "text/plain; charset=utf-8", "Grüße"u8.ToArray()),
            "/latin.txt" => (200, "text/plain", [0xFC, 0x20]),
            "/svg" => (200, "image/svg+xml", "<svg/>"u8.ToArray()),
            "/liar" => (200, "image/png", "<html>"u8.ToArray()),
            "/empty" => (200, "image/png", []),
            "/nearly" => (200, "image/png", [.. Png, .. new byte[(1024 * 1024) - Png.Length]]),
            "/large" => (200, "image/png", [.. Png, .. new byte[1024 * 1024]]),
            "/redirect" => (302, "image/png", Png),
            _ => (404, "text/plain", Array.Empty<byte>()),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.Headers.Location = "/a.png";
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }));

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Files_WhenByAddress_BecomeBytes()
    {
        var call = Call($$"""
            [{"type":"text","text":"Look."},{{Image("a.png")}},{{Image("a.jpg")}},{{Image("a.webp")}},{{Image("a.png")}},{{File("a.pdf")}},{{File("a.txt")}}]
            """);

        await FetchAsync(call);

        Sources(call).ShouldBe([
            new BytesSource("image/png", Convert.ToBase64String(Png)),
            new BytesSource("image/jpeg", "/9j/4A=="),
            new BytesSource("image/webp", Convert.ToBase64String("RIFF0000WEBPVP8 "u8)),
            new BytesSource("image/png", Convert.ToBase64String(Png)),
            new BytesSource("application/pdf", Convert.ToBase64String(Pdf)),
            new BytesSource("text/plain", Convert.ToBase64String("Grüße"u8)),
        ]);
        _requests.Count.ShouldBe(5, "an address that is there twice is asked once");
        call.Losses.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Request_WhenSent_CarriesNothingOfTheClientOrTheGateway()
    {
        using var activity = new System.Diagnostics.Activity("call").Start();

        await FetchAsync(Call($"[{Image("a.png")}]"));

        _requests.ShouldHaveSingleItem().ShouldBe(["Host", "User-Agent"]);
    }

    [Fact]
    public async Task Result_WhenItHasAPicture_IsFilledToo()
    {
        var call = Call(
            $$"""
            {"model":"x","max_tokens":5,"messages":[{"role":"user","content":"Look."},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"look","input":{} }]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"image","source":{"type":"url","url":"{{Address("a.png")}}"} }]}]}]}
            """,
            ClientFormat.Messages);

        await FetchAsync(call);

        call.Canonical.Messages[2].Parts.OfType<ToolResultPart>().Single().Content.OfType<ImagePart>().Single().Source
            .ShouldBe(new BytesSource("image/png", Convert.ToBase64String(Png)));
    }

    [Theory]
    [InlineData("svg", true, "its type is none of image/jpeg, image/png, image/gif, image/webp.")]
    [InlineData("a.pdf", true, "its type is none of")]
    [InlineData("a.png", false, "its type is none of application/pdf")]
    [InlineData("liar", true, "it is no image/png, though its host says so.")]
    [InlineData("empty", true, "it is no image/png")]
    [InlineData("latin.txt", false, "it is no text/plain")]
    [InlineData("large", true, "at most 1 MB together")]
    [InlineData("redirect", true, "leads to another, which is not followed.")]
    [InlineData("missing", true, "answered with status 404.")]
    public async Task File_WhenItMayNotGoOn_IsRefusedByField(string path, bool isImage, string why)
    {
        var error = await RefusalAsync(Call($"[{(isImage ? Image(path) : File(path))}]"));

        error.Code.ShouldBe("media_download_failed");
        error.Param.ShouldBe(isImage ? "image_url" : "file");
        error.Message.ShouldContain(why);
        error.Message.ShouldNotContain($"/{path}");
        _requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Files_WhenTooLargeTogether_AreRefused()
    {
        var nearly = $"[{Image("nearly")}]";

        await FetchAsync(Call(nearly));
        var error = await RefusalAsync(Call($"[{Image("a.png")},{Image("nearly")}]"));

        error.Message.ShouldContain("at most 1 MB together");
    }

    [Fact]
    public async Task Files_WhenTooMany_AreRefusedUnasked()
    {
        var error = await RefusalAsync(Call($"[{string.Join(',', Enumerable.Range(0, 21).Select(index => Image($"a.png?{index}")))}]"));

        error.Message.ShouldContain("at most 20 files");
        _requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ftp://example.com/a.png")]
    [InlineData("http://example.com/a.png")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:secret@example.com/a.png")]
    [InlineData("a.png")]
    public async Task Address_WhenNotPlainHttps_IsRefusedUnasked(string url)
    {
        var error = await RefusalAsync(Call($$$"""[{"type":"image_url","image_url":{"url":"{{{url}}}"} }]"""), new DownloadOptions { Enabled = true });

        error.Param.ShouldBe("image_url");
        error.Message.ShouldContain("must begin with https://");
        error.Message.ShouldNotContain("secret");
    }

    /// <summary>C30: by number, by name, by the forms that look like something else.</summary>
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("169.254.169.254")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    [InlineData("[::ffff:169.254.169.254]")]
    [InlineData("[::1]")]
    [InlineData("10.0.0.1")]
    public async Task Address_WhenPrivate_IsNeverAsked(string host)
    {
        var error = await RefusalAsync(
            Call($$$"""[{"type":"image_url","image_url":{"url":"https://{{{host}}}:{{{_host.Client.BaseAddress!.Port}}}/a.png"} }]"""), new DownloadOptions { Enabled = true });

        error.Code.ShouldBe("ssrf_blocked");
        error.Param.ShouldBe("image_url");
        _requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Downloads_WhenOff_LeaveTheRequestAlone()
    {
        var call = Call($"[{Image("a.png")}]");

        await FetchAsync(call, new DownloadOptions());

        Sources(call).ShouldBe([new UrlSource(Address("a.png"))]);
        _requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Address_WhenTheProviderFollowsIt_StaysOne()
    {
        var call = Call($"[{Image("a.png")}]");
        using var downloads = new MediaDownloads(Options.Create(new DownloadOptions { Enabled = true, AllowPrivate = true }));

        await downloads.FetchAsync(call, isTaken: url => url == Address("a.png"), Cancelled);

        Sources(call).ShouldBe([new UrlSource(Address("a.png"))]);
    }

    [Theory]
    [InlineData("gemini", "\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"iVBORw0KGgoBAgM=\"}")]
    [InlineData("bedrock", "\"image\":{\"format\":\"png\",\"source\":{\"bytes\":\"iVBORw0KGgoBAgM=\"}}")]
    public async Task Provider_WhenItTakesBytesAlone_GetsThemOrTheClientLearnsWhy(string type, string expected)
    {
        await using var simulator = await SimulatorServer.StartAsync(cancellationToken: Cancelled);
        await using var databases = new Databases();
        foreach (var isOn in new[] { false, true })
        {
            await using var host = await ModuleHost.StartAsync("routing", await databases.ConnectionStringAsync(Databases.Sqlite), builder =>
            {
                builder.Configuration["Routing:Downloads:Enabled"] = isOn ? "true" : "false";
                builder.Configuration["Routing:Downloads:AllowPrivate"] = "true";
                builder.AddModelRouter();
            });
            var adapter = host.Get<ProviderAdapters>().Get(type);
            var provider = new ProviderTarget("p", adapter, new Uri(simulator.BaseAddress, type == "gemini" ? "v1beta" : ""), IsLocal: true, new ProviderCredential("sk-1"))
            {
                Settings = new Dictionary<string, string> { ["region"] = "us-east-1" },
            };
            var call = Call($"[{Image("a.png")}]", provider: provider);

            if (isOn)
            {
                await using var answer = await adapter.SendAsync(call, Cancelled);
                answer.Losses?.Entries.ShouldBeEmpty();
                var request = simulator.Requests.ShouldHaveSingleItem();
                request.Violations.ShouldBeEmpty();
                request.BodyText.ShouldContain(expected);
            }
            else
            {
                var error = (await Should.ThrowAsync<GatewayErrorException>(() => adapter.SendAsync(call, Cancelled))).Error;
                error.Param.ShouldBe("image_url");
                error.Message.ShouldContain("Routing:Downloads:Enabled");
                simulator.Requests.ShouldBeEmpty();
            }
        }
    }

    private string Address(string path) => new Uri(_host.Client.BaseAddress!, path).AbsoluteUri;

    private string Image(string path) => $$$"""{"type":"image_url","image_url":{"url":"{{{Address(path)}}}"} }""";

    private string File(string path) => $$$"""{"type":"file","file":{"file_data":"{{{Address(path)}}}"} }""";

    private static List<MediaSource> Sources(ProviderCall call) => [.. call.Canonical.Messages.SelectMany(message => message.Parts)
        .Select(part => part is ImagePart image ? image.Source : (part as DocumentPart)?.Source).OfType<MediaSource>()];

    private static async Task FetchAsync(ProviderCall call, DownloadOptions? options = null)
    {
        using var downloads = new MediaDownloads(Options.Create(options ?? new DownloadOptions { Enabled = true, AllowPrivate = true, MaxMegabytes = 1 }));
        await downloads.FetchAsync(call, isTaken: _ => false, Cancelled);
    }

    private static async Task<GatewayError> RefusalAsync(ProviderCall call, DownloadOptions? options = null)
    {
        var error = (await Should.ThrowAsync<GatewayErrorException>(() => FetchAsync(call, options))).Error;
        error.Kind.ShouldBe(GatewayErrorKind.BadRequest);
        return error;
    }

    private static ProviderCall Call(string content, ClientFormat format = ClientFormat.Chat, ProviderTarget? provider = null)
    {
        var body = Encoding.UTF8.GetBytes(format == ClientFormat.Chat ? $$"""{"model":"x","messages":[{"role":"user","content":{{content}} }]}""" : content);
        var request = new DispatchRequest
        {
            CallId = Guid.NewGuid(),
            KeyId = Guid.NewGuid(),
            Format = format,
            Facts = FactsReader.Read(ClientFormats.Of(format), body),
            BodyLength = body.Length,
        };
        return new ProviderCall(request, body, new Target(provider ?? new ProviderTarget("p", null!, null, IsLocal: false, null), "m"));
    }
}
