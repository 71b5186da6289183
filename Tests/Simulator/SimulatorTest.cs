using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Simulator;
using Tests.Fixtures;
using Xunit;

namespace Tests.Simulator;

/// <summary>A simulator and a client for each test.</summary>
public abstract class SimulatorTest : IAsyncLifetime
{
    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected SimulatorServer Simulator { get; private set; } = null!;

    protected HttpClient Client { get; private set; } = null!;

    protected virtual TimeProvider Clock => TimeProvider.System;

    public async ValueTask InitializeAsync()
    {
        var options = new SimulatorOptions { FixtureFolders = [.. FixtureLibrary.Folders] };
        Simulator = await SimulatorServer.StartAsync(options, Clock, cancellationToken: Cancelled);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Simulator.BaseAddress };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Simulator.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Asks, and returns as soon as the headers are there.</summary>
    protected Task<HttpResponseMessage> AskAsync(
        string model, bool stream = false, string more = "", string? key = null, CancellationToken? cancellationToken = null)
    {
        more += stream ? ",\"stream\":true" : "";
        var body = $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Say something."}]{{more}}}""";
        var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken ?? Cancelled);
    }

    protected async Task<JsonNode> AskForJsonAsync(string model, string more = "", string? key = null)
    {
        using var response = await AskAsync(model, more: more, key: key);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!;
    }

    /// <summary>The data of every event of a stream.</summary>
    protected async Task<List<string>> AskForEventsAsync(string model, string more = "")
    {
        using var response = await AskAsync(model, stream: true, more);
        return EventsOf(await response.Content.ReadAsStringAsync(Cancelled));
    }

    protected static List<string> EventsOf(string stream)
        => [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(text => text["data: ".Length..])];

    /// <summary>Reads until the body ends or breaks.</summary>
    protected static async Task<(string Text, Exception? End)> ReadToEndAsync(HttpResponseMessage response)
    {
        using var read = new MemoryStream();
        try
        {
            await response.Content.CopyToAsync(read, Cancelled);
            return (Encoding.UTF8.GetString(read.ToArray()), null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return (Encoding.UTF8.GetString(read.ToArray()), exception);
        }
    }
}
