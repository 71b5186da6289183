using System.Net;

namespace Aspire.Hosting.Dashboard;

/// <summary>Waits until a dashboard that was started answers.</summary>
internal static class DashboardReadiness
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerPause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// False when it ends, or stays silent for too long. Asks with the key of this start, so that the dashboard of another
    /// application on the same port is not taken for ours.
    /// </summary>
    public static async Task<bool> WaitAsync(string url, string? apiKey, DashboardProcess process, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
#pragma warning disable RS0030 // Asks this machine whether the child process is up; nothing that the product calls.
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
#pragma warning restore RS0030
        client.DefaultRequestHeaders.Add("x-api-key", apiKey ?? "none");
        while (!process.HasEnded)
        {
            try
            {
                using var response = await client.GetAsync(
                    new Uri($"{url}/api/telemetry/resources"), HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if (response.StatusCode != HttpStatusCode.Unauthorized)
                {
                    return true;
                }
            }
            catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.SecureConnectionError)
            {
                return true; // It listens; whether its certificate is trusted is the browser's matter.
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }

            await Task.Delay(AnswerPause, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }
}
