using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Tests.Crashes;

/// <summary>
/// Clients that call one after another until they are stopped, half of them for streams, and note what they saw of each call. Which key calls for
/// which model is decided by the seed.
/// </summary>
internal sealed class Burst : IDisposable
{
    private const int Clients = 8;

    /// <summary>More than any answer has, also by the gateway's estimate while it streams, which is by bytes.</summary>
    private const int OutputCap = 100;

    /// <summary>Longer than the input that is billed, by any estimate.</summary>
    private const string Prompt = "Please answer this call as the upstream of a gateway whose processes come and go: the books must be right at the end of it all. ";

    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentBag<ClientCall> _calls = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly CrashScene _scene;
    private readonly int _seed;
    private readonly Task _running;
    private int _acknowledged;

    private Burst(CrashScene scene, int seed)
    {
        (_scene, _seed) = (scene, seed);
        _running = Task.WhenAll(Enumerable.Range(0, Clients).Select(CallOnAndOnAsync));
    }

    /// <summary>Answered in full so far.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    public static Burst Start(CrashScene scene, int seed) => new(scene, seed);

    /// <summary>The calls that have begun come to their end.</summary>
    public async Task<IReadOnlyCollection<ClientCall>> StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        return _calls;
    }

    public void Dispose() => _stopping.Dispose();

    private async Task CallOnAndOnAsync(int client)
    {
        var random = new Random(unchecked((_seed * 31) + client));
        for (var number = 0; !_stopping.IsCancellationRequested; number++)
        {
            var key = _scene.Keys[Math.Max(0, random.Next(2 * _scene.Keys.Count) - _scene.Keys.Count)];
            var model = _scene.Models[random.Next(_scene.Models.Count)];
            var call = await CallAsync($"call-{_seed}-{client}-{number}.", key, model, stream: random.Next(2) == 0);
            _calls.Add(call);
            if (call.Saw == ClientSaw.Acknowledged)
            {
                Interlocked.Increment(ref _acknowledged);
            }
            else
            {
                await Task.Delay(call.Saw == ClientSaw.Refused ? PauseAfterRefusal : PauseAfterFailure);
            }
        }
    }

    private async Task<ClientCall> CallAsync(string marker, CrashScene.SceneKey key, CrashScene.SceneModel model, bool stream)
    {
        var body = new JsonObject
        {
            ["model"] = model.Alias,
            ["stream"] = stream,
            ["max_tokens"] = OutputCap,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Prompt + marker }),
        };
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        var call = new ClientCall(marker, key.Name, model.Price, ClientSaw.Broken, null);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = content };
            request.Headers.Authorization = new("Bearer", key.Secret);
            using var response = await _scene.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            call = call with { RequestId = response.Headers.GetValues("x-request-id").Single() };
            var text = await response.Content.ReadAsStringAsync();
            return call with { Saw = SeenIn(response.StatusCode, stream, text), Detail = $"{(int)response.StatusCode} {text}" };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return call with { Detail = exception.Message };
        }
    }

    private static ClientSaw SeenIn(HttpStatusCode status, bool stream, string text) => status switch
    {
        HttpStatusCode.OK when !stream || text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal) => ClientSaw.Acknowledged,
        HttpStatusCode.PaymentRequired or HttpStatusCode.TooManyRequests => ClientSaw.Refused,
        _ => ClientSaw.Broken,
    };
}
