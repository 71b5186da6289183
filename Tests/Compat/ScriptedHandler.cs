namespace Tests.Compat;

/// <summary>Stands at the end of a client's pipeline and answers what the test says; keeps what arrived.</summary>
internal sealed class ScriptedHandler(Func<HttpRequestMessage, int, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    private readonly List<(Uri Uri, string? Host)> _received = [];

    public ScriptedHandler(Func<HttpRequestMessage, int, HttpResponseMessage> answer)
        : this((request, attempt, _) => Task.FromResult(answer(request, attempt)))
    {
    }

    /// <summary>URI and Host header of each request, as they were when it arrived.</summary>
    public IReadOnlyList<(Uri Uri, string? Host)> Received => _received;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        int attempt;
        lock (_received)
        {
            _received.Add((request.RequestUri!, request.Headers.Host));
            attempt = _received.Count;
        }

        var response = await answer(request, attempt, cancellationToken);
        response.RequestMessage = request;
        return response;
    }
}
