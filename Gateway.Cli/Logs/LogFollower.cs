using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;

namespace Gateway.Cli.Logs;

/// <summary>
/// The live tail, for as long as somebody looks: a connection that breaks is made again behind the last row that came, so that no
/// row is missed and none comes twice.
/// </summary>
internal sealed class LogFollower(GatewayClient gateway, Report report, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private string? _lastId;
    private TimeSpan _pause = FirstPause;

    public async IAsyncEnumerable<JsonNode> RunAsync(
        IReadOnlyList<(string Name, string? Value)> filters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = QueryText.Add("/admin/logs/tail", filters);
        for (var isFirst = true; !cancellationToken.IsCancellationRequested; isFirst = false)
        {
            await using var events = ReadAsync(path, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(events, isFirst, cancellationToken))
            {
                yield return events.Current;
            }
        }
    }

    /// <summary>False where the connection has ended; a gateway that is not there at the start, or refuses, is a failure.</summary>
    private async Task<bool> NextAsync(IAsyncEnumerator<JsonNode> events, bool isFirst, CancellationToken cancellationToken)
    {
        string reason;
        try
        {
            if (await events.MoveNextAsync())
            {
                return true;
            }

            reason = "the gateway ended it";
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            reason = exception.Message;
        }
        catch (CommandException exception) when (!isFirst && (exception.ExitCode == ExitCodes.Unavailable || exception.Status >= 500))
        {
            reason = exception.Message;
        }

        report.Note($"The tail was interrupted ({reason}); again in {_pause.TotalSeconds:0} s.");
        try
        {
            await Task.Delay(_pause, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how one stops to look.
        }

        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        return false;
    }

    private async IAsyncEnumerable<JsonNode> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path.TrimStart('/'));
        if (_lastId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", _lastId);
        }

        using var response = await gateway.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await GatewayClient.RequireSuccessAsync(response, cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        string? data = null;
        string? id = null;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = line[4..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                data = line[6..];
            }
            else if (line.Length == 0)
            {
                // An id without a row says how far the log was looked through.
                _lastId = id ?? _lastId;
                _pause = FirstPause;
                if (data is not null)
                {
                    yield return JsonNode.Parse(data)!;
                }

                (data, id) = (null, null);
            }
        }
    }
}
