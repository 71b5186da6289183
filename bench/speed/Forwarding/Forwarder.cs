using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bench.Speed.Forwarding;

/// <summary>The limit of .NET: a request goes on as it is, and so does the answer, piece by piece. No key, no limit, no log.</summary>
internal static class Forwarder
{
    private static readonly HashSet<string> OfTheConnection = new(["Connection", "Transfer-Encoding", "Keep-Alive", "Host"], StringComparer.OrdinalIgnoreCase);

    public static async Task<int> RunAsync(int port, int upstreamPort)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        await using var app = builder.Build();
        var upstream = $"http://127.0.0.1:{upstreamPort}";
        using var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null,
        });
        app.Run(context => ForwardAsync(context, client, upstream));
        await OwnerExit.RunAsync(app);
        return 0;
    }

    private static async Task ForwardAsync(HttpContext context, HttpMessageInvoker client, string upstream)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), upstream + context.Request.Path + context.Request.QueryString);
        if (context.Request.ContentLength is > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
        }

        foreach (var (name, value) in context.Request.Headers)
        {
            if (!OfTheConnection.Contains(name) && !request.Headers.TryAddWithoutValidation(name, value.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value.AsEnumerable());
            }
        }

        using var response = await client.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            if (!OfTheConnection.Contains(name))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        var output = context.Response.BodyWriter;
        while (await body.ReadAsync(output.GetMemory(), context.RequestAborted) is > 0 and var length)
        {
            output.Advance(length);
            await output.FlushAsync(context.RequestAborted);
        }
    }
}
