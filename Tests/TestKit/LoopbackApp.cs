using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tests.TestKit;

/// <summary>A web application on a port of this machine, and a client for it.</summary>
internal sealed class LoopbackApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo _data;

    private LoopbackApp(WebApplication app, DirectoryInfo data)
    {
        (_app, _data) = (app, data);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<LoopbackApp> StartAsync(Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(Ports.NextUrl());
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);

        // Never the user's own: what a test leaves would be the next one's to deliver.
        var data = Directory.CreateTempSubdirectory("gateway-tests-");
        builder.Configuration["Gateway:DataDirectory"] = data.FullName;
        add(builder);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new LoopbackApp(app, data);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
