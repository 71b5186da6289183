using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace RoutingService.Automatic.KServe;

/// <summary>The configured server: how many calls may be there at once, and what one may cost the calls that wait for it.</summary>
internal sealed partial class InferenceServer(KServeClient client, IOptions<ClassifierOptions> options, TimeProvider timeProvider, ILogger<InferenceServer> logger) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.Value.MaxConcurrency);

    // A model's answers differ by how they are read, and its health is its own.
    private readonly ConcurrentDictionary<string, ClassifierBreaker> _breakers = new(StringComparer.Ordinal);

    public InferenceModel<T> Model<T>(string name, Func<KServeAnswer, T> read)
        where T : class
        => new(this, name, read, options.Value, timeProvider);

    /// <summary>Never throws but for a caller that has left.</summary>
    /// <param name="model">Its name on the server.</param>
    /// <param name="text">UTF-8.</param>
    /// <param name="read">Throws a <see cref="KServeException"/> when the outputs are not those of such a model.</param>
    public async ValueTask<Inferred<T>> InferAsync<T>(
        string model, ReadOnlyMemory<byte> text, Func<KServeAnswer, T> read, CancellationToken cancellationToken)
        where T : class
    {
        var breaker = _breakers.GetOrAdd(model, _ => new ClassifierBreaker(options.Value.FailuresToRest, TimeSpan.FromSeconds(options.Value.RestSeconds), timeProvider));
        if (!breaker.TryEnter())
        {
            return Inferred<T>.Failed("The classifier is not asked for a while, since it has failed several times.");
        }

        using var budget = new CancellationTokenSource(TimeSpan.FromMilliseconds(options.Value.TimeoutMs), timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        var hasPlace = false;
        var isJudged = false;
        try
        {
            await _places.WaitAsync(end.Token);
            hasPlace = true;
            var value = read(await client.InferAsync(model, text, end.Token));
            isJudged = true;
            if (breaker.Succeed())
            {
                LogRecovered(model);
            }

            return new Inferred<T>(value, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && budget.IsCancellationRequested)
        {
            if (!hasPlace)
            {
                return Inferred<T>.Failed($"The classifier had no place for another call within {options.Value.TimeoutMs} ms.");
            }

            isJudged = true;
            return Fail<T>(breaker, model, $"did not answer within {options.Value.TimeoutMs} ms.");
        }
        catch (KServeException exception)
        {
            isJudged = true;
            return Fail<T>(breaker, model, exception.Message);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            isJudged = true;
            return Fail<T>(breaker, model, exception is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }
                ? $"answered with more than {KServeClient.MaxAnswerBytes} bytes."
                : "cannot be reached.");
        }
        finally
        {
            if (!isJudged)
            {
                breaker.Abandon();
            }

            if (hasPlace)
            {
                _places.Release();
            }
        }
    }

    public void Dispose() => _places.Dispose();

    private Inferred<T> Fail<T>(ClassifierBreaker breaker, string model, string why)
        where T : class
    {
        if (breaker.Fail())
        {
            LogResting(model, options.Value.RestSeconds, why);
        }

        return Inferred<T>.Failed($"The classifier {why}");
    }

    [LoggerMessage(LogLevel.Warning, "The classifier {Model} is not asked for {Seconds} s, since it has failed several times; the last time it {Failure}")]
    private partial void LogResting(string model, int seconds, string failure);

    [LoggerMessage(LogLevel.Information, "The classifier {Model} answers again")]
    private partial void LogRecovered(string model);
}

/// <summary>What an inference came to, or why it came to nothing.</summary>
internal readonly record struct Inferred<T>(T? Value, string? Failure)
    where T : class
{
    public static Inferred<T> Failed(string failure) => new(null, failure);
}
