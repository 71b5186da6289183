using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Tests.TestKit;

namespace Tests.Automatic;

/// <summary>An inference server on a port of this machine that answers what the test says, and keeps what it was asked.</summary>
internal sealed class KServeServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, JsonElement Body)> _requests = new();
    private LoopbackApp _app = null!;

    private KServeServer()
    {
    }

    public Uri Url => _app.Client.BaseAddress!;

    public IReadOnlyList<(string Path, JsonElement Body)> Requests => [.. _requests];

    public IReadOnlyList<string> Texts => [.. _requests.Select(request => request.Body.GetProperty("inputs")[0].GetProperty("data")[0][0].GetString()!)];

    /// <summary>Answers the text of a request.</summary>
    public Func<HttpContext, string, Task> Answer { get; set; } = Outputs(KServeOutputs.Results(KServeOutputs.PythonScript));

    public static async Task<KServeServer> StartAsync()
    {
        var server = new KServeServer();
        server._app = await LoopbackApp.StartAsync(_ => { }, app =>
        {
            app.MapGet("/v2/health/ready", () => Results.Ok());
            app.MapPost("/v2/models/{model}/infer", server.InferAsync);
        });
        return server;
    }

    public static Func<HttpContext, string, Task> Outputs(JsonArray outputs) => Raw(new JsonObject
    {
        ["model_name"] = "any",
        ["model_version"] = "1",
        ["outputs"] = outputs,
    }.ToJsonString());

    public static Func<HttpContext, string, Task> Raw(string body, int status = 200) => (context, _) =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body, context.RequestAborted);
    };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task InferAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        _requests.Enqueue((context.Request.Path, body.RootElement.Clone()));
        await Answer(context, Texts[^1]);
    }
}
